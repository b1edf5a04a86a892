"""`registry grant`: the policy that takes the place of a secret, checked by those who would have to understand it."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import botocore  # type: ignore[import-untyped]
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from astrokpo_cli.errors import AstrokpoError
from astrokpo_cli.grants import (
    EcrRepository,
    Grant,
    NoGrant,
    artifact_grant,
    can_grant,
    check_service_account,
    cluster_principal,
    ecr_grant,
    find_repository,
    parse_principal,
)
from astrokpo_cli.images import parse_image
from tests.given import check_refused
from tests.parts import Run
from tests.test_loaded_modules import run as run_and_see_modules
from tests.test_secret_create import terminal

ACCOUNT = "123456789012"
"""Whose the image is; moto's own account."""
ASTRO = "210987654321"
CLUSTER = "clm8bvk8b000008l9deowc5lx"
EMAIL = "987654321098-compute@developer.gserviceaccount.com"
ARTIFACT_IMAGE = "europe-west1-docker.pkg.dev/acme-data/images/etl:1.4"
REGION = "eu-west-1"
ECR_HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
ECR_IMAGE = f"{ECR_HOST}/acme/etl"


def documented(principal: str) -> dict[str, Any]:
    """Give the policy of https://www.astronomer.io/docs/astro/kpo-ecr for PRINCIPAL."""
    return {
        "Version": "2008-10-17",
        "Statement": [
            {
                "Sid": "AllowImagePullAstro",
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": ["ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            }
        ],
    }


def pasted(said: str, program: str) -> list[str]:
    """Give the lines that a person would paste: those that begin with PROGRAM."""
    return [line for line in said.splitlines() if line.startswith(f"{program} ")]


# Amazon ECR, judged by moto


@pytest.fixture
def aws() -> Iterator[None]:
    """An AWS with the repository acme/etl in every region that is used here."""
    with mock_aws():
        for region in (REGION, "cn-north-1", "us-gov-west-1"):
            client(region).create_repository(repositoryName="acme/etl")
        yield


@cache
def client(region: str) -> Any:
    return boto3.client("ecr", region_name=region, aws_access_key_id="key", aws_secret_access_key="secret")


def run_aws(line: str) -> dict[str, Any]:
    """Do what the AWS CLI does with LINE: the operation with each flag as its argument."""
    program, service, operation, *rest = shlex.split(line)
    assert (program, service) == ("aws", "ecr")
    flags = dict(zip(rest[::2], rest[1::2], strict=True))
    region = flags.pop("--region")
    call = getattr(client(region), operation.replace("-", "_"))
    answer: dict[str, Any] = call(**{camel(flag): value for flag, value in flags.items()})
    return answer


def camel(flag: str) -> str:
    first, *rest = flag.removeprefix("--").split("-")
    return first + "".join(map(str.capitalize, rest))


ECR = {
    "an account": (ECR_IMAGE, ("--account-id", ASTRO), f"arn:aws:iam::{ASTRO}:root"),
    "a cluster": (
        ECR_IMAGE,
        ("--account-id", ASTRO, "--cluster-id", CLUSTER),
        f"arn:aws:iam::{ASTRO}:role/EKS-NodeInstanceRole-{CLUSTER}",
    ),
    "a role": (
        ECR_IMAGE,
        ("--principal", "arn:aws:iam::210987654321:role/acme/nodes+x=1,y.z@a_b-c"),
        "arn:aws:iam::210987654321:role/acme/nodes+x=1,y.z@a_b-c",
    ),
    "an account as principal": (ECR_IMAGE, ("--principal", ASTRO), f"arn:aws:iam::{ASTRO}:root"),
    "a tag and a digest": (
        f"{ECR_IMAGE}:1.4@sha256:{'a' * 64}",
        ("--account-id", ASTRO),
        f"arn:aws:iam::{ASTRO}:root",
    ),
    "China": (
        f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/acme/etl",
        ("--account-id", ASTRO),
        f"arn:aws-cn:iam::{ASTRO}:root",
    ),
    "GovCloud": (
        f"{ACCOUNT}.dkr.ecr-fips.us-gov-west-1.amazonaws.com/acme/etl",
        ("--account-id", ASTRO, "--cluster-id", CLUSTER),
        f"arn:aws-us-gov:iam::{ASTRO}:role/EKS-NodeInstanceRole-{CLUSTER}",
    ),
}
ECR_CASES = pytest.mark.parametrize(("image", "flags", "principal"), list(ECR.values()), ids=list(ECR))


@ECR_CASES
def test_ecr_takes_the_line_and_holds_the_documented_policy(
    image: str, flags: tuple[str, ...], principal: str, aws: None, astrokpo: Callable[..., Run]
) -> None:
    done = astrokpo("registry", "grant", image, *flags)
    assert done.code == 0, done.err
    look_first, add = pasted(done.err, "aws")
    with pytest.raises(ClientError, match="RepositoryPolicyNotFound"):
        run_aws(look_first)
    run_aws(add)
    assert json.loads(run_aws(look_first)["policyText"]) == documented(principal)


@ECR_CASES
def test_standard_output_is_the_policy_and_nothing_else(
    image: str, flags: tuple[str, ...], principal: str, aws: None, astrokpo: Callable[..., Run]
) -> None:
    done = astrokpo("registry", "grant", image, *flags)
    assert json.loads(done.out) == documented(principal)
    # What `> policy.json` keeps, ECR takes from the file too.
    client(REGION).set_repository_policy(repositoryName="acme/etl", policyText=done.out)


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "no effect": lambda policy: policy["Statement"][0].pop("Effect"),
    "an effect that is none": lambda policy: policy["Statement"][0].update(Effect="Perhaps"),
    "no action": lambda policy: policy["Statement"][0].pop("Action"),
    "an action without its service": lambda policy: policy["Statement"][0].update(Action=["BatchGetImage"]),
    "a version that is none": lambda policy: policy.update(Version="2008-10-18"),
    "no statement": lambda policy: policy.update(Statement=[]),
    "an unknown element": lambda policy: policy["Statement"][0].update(Who="all"),
}


@pytest.mark.parametrize("break_it", list(BROKEN.values()), ids=list(BROKEN))
def test_a_policy_that_were_broken_would_be_refused(
    break_it: Callable[[dict[str, Any]], object], aws: None, astrokpo: Callable[..., Run]
) -> None:
    policy = json.loads(astrokpo("registry", "grant", ECR_IMAGE, "--account-id", ASTRO).out)
    break_it(policy)
    with pytest.raises(ClientError, match="Invalid repository policy"):
        client(REGION).set_repository_policy(repositoryName="acme/etl", policyText=json.dumps(policy))


def test_the_registry_is_named_so_that_another_account_finds_no_repository(
    aws: None, astrokpo: Callable[..., Run]
) -> None:
    done = astrokpo("registry", "grant", ECR_IMAGE.replace(ACCOUNT, "111111111111"), "--account-id", ASTRO)
    with pytest.raises(ClientError, match=r"RepositoryNotFound.*111111111111"):
        run_aws(pasted(done.err, "aws")[1])


def test_a_second_grant_replaces_the_first_which_is_said(aws: None, astrokpo: Callable[..., Run]) -> None:
    first = astrokpo("registry", "grant", ECR_IMAGE, "--principal", "arn:aws:iam::210987654321:role/first")
    second = astrokpo("registry", "grant", ECR_IMAGE, "--principal", "arn:aws:iam::210987654321:role/second")
    for done in (first, second):
        run_aws(pasted(done.err, "aws")[1])
    held = run_aws(pasted(second.err, "aws")[0])["policyText"]
    assert ("role/first" in held, "role/second" in held) == (False, True)
    assert "warning: the next command replaces that policy" in second.err


# the hosts of Amazon ECR


def partitions() -> list[tuple[str, str, str]]:
    """Give (partition, region, DNS suffix) for all that the AWS SDK knows."""
    file = Path(botocore.__file__).parent / "data" / "partitions.json"
    return [
        (partition["id"], region, partition["outputs"]["dnsSuffix"])
        for partition in json.loads(file.read_bytes())["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    ]


@pytest.mark.parametrize(("partition", "region", "suffix"), partitions(), ids=str)
def test_the_partition_is_the_one_that_the_sdk_has_for_the_region(partition: str, region: str, suffix: str) -> None:
    for service in ("ecr", "ecr-fips"):
        image = parse_image(f"{ACCOUNT}.dkr.{service}.{region}.{suffix}/acme/etl")
        assert find_repository(image) == EcrRepository(partition, ACCOUNT, region, "acme/etl")


DUAL_STACK = {
    "dkr-ecr.eu-west-1.on.aws": ("aws", "eu-west-1"),
    "dkr-ecr-fips.us-east-2.on.aws": ("aws", "us-east-2"),
    "dkr-ecr-fips.us-gov-east-1.on.aws": ("aws-us-gov", "us-gov-east-1"),
    "dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn": ("aws-cn", "cn-northwest-1"),
}


@pytest.mark.parametrize(("host", "expected"), list(DUAL_STACK.items()), ids=list(DUAL_STACK))
def test_dual_stack_hosts_are_the_same_repository(host: str, expected: tuple[str, str]) -> None:
    repository = find_repository(parse_image(f"{ACCOUNT}.{host}/acme/etl"))
    assert repository == EcrRepository(expected[0], ACCOUNT, expected[1], "acme/etl")


# Google Artifact Registry


ARTIFACT = {
    "a region": ("europe-west1-docker.pkg.dev/acme-data/images/etl:1.4", "images", "europe-west1", "acme-data"),
    "a multi-region": ("us-docker.pkg.dev/acme-data/images/team/etl", "images", "us", "acme-data"),
    "a digest": (f"asia-docker.pkg.dev/acme-data/images/etl@sha256:{'0' * 64}", "images", "asia", "acme-data"),
    "a project scoped to a domain": (
        "us-west1-docker.pkg.dev/example.com/acme-data/images/etl",
        "images",
        "us-west1",
        "example.com:acme-data",
    ),
    "gcr.io by its repository": ("us-docker.pkg.dev/acme-data/gcr.io/etl", "gcr.io", "us", "acme-data"),
    "gcr.io": ("gcr.io/acme-data/etl", "gcr.io", "us", "acme-data"),
    "us.gcr.io": ("us.gcr.io/acme-data/team/etl:1", "us.gcr.io", "us", "acme-data"),
    "eu.gcr.io": ("eu.gcr.io/acme-data/etl", "eu.gcr.io", "europe", "acme-data"),
    "asia.gcr.io": ("asia.gcr.io/acme-data/etl", "asia.gcr.io", "asia", "acme-data"),
    "gcr.io and a domain": ("gcr.io/example.com/acme-data/etl", "gcr.io", "us", "example.com:acme-data"),
}
"""Image -> repository, location and project; gcr.io as cloud.google.com/artifact-registry/docs/transition has it."""


@pytest.mark.parametrize(("image", "repository", "location", "project"), list(ARTIFACT.values()), ids=list(ARTIFACT))
def test_artifact_registry_gets_a_line_for_its_repository_and_the_binding(
    image: str, repository: str, location: str, project: str, astrokpo: Callable[..., Run]
) -> None:
    done = astrokpo("registry", "grant", image, "--service-account", EMAIL)
    assert done.code == 0, done.err
    member = f"serviceAccount:{EMAIL}"
    assert json.loads(done.out) == {"role": "roles/artifactregistry.reader", "members": [member]}
    [line] = pasted(done.err, "gcloud")
    assert shlex.split(line) == [
        *("gcloud", "artifacts", "repositories", "add-iam-policy-binding", repository),
        *(f"--location={location}", f"--project={project}", f"--member={member}"),
        # Without it gcloud fails in a script where the policy has a binding with a condition.
        *("--role=roles/artifactregistry.reader", "--condition=None"),
    ]
    assert "replaces" not in done.err


# for whom it counts


@pytest.mark.parametrize(
    ("arguments", "cloud"),
    [((ECR_IMAGE, "--account-id", ASTRO), "AWS"), ((ARTIFACT_IMAGE, "--service-account", EMAIL), "Google Cloud")],
    ids=["ECR", "Artifact Registry"],
)
def test_it_says_for_which_clusters_it_counts_and_which_need_a_secret(
    arguments: tuple[str, ...], cloud: str, astrokpo: Callable[..., Run]
) -> None:
    done = astrokpo("registry", "grant", *arguments)
    applies, needs_secret = [line for line in done.err.splitlines() if "clusters" in line]
    assert f"dedicated clusters on {cloud};" in applies
    assert "standard clusters, and clusters on other clouds" in needs_secret
    assert f"astrokpo secret create --image {arguments[0]}" in needs_secret


def test_trust_in_a_whole_account_is_said_and_how_to_trust_less(astrokpo: Callable[..., Run]) -> None:
    said = f"it trusts all of the account {ASTRO}; --cluster-id trusts one cluster alone\n"
    assert said in astrokpo("registry", "grant", ECR_IMAGE, "--account-id", ASTRO).err
    done = astrokpo("registry", "grant", ECR_IMAGE, "--account-id", ASTRO, "--cluster-id", CLUSTER)
    assert "trusts" not in done.err


# as JSON


def test_as_json_a_policy_and_both_lines(astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("registry", "grant", f"{ECR_IMAGE}:1.4", "--account-id", ASTRO, "--json")
    assert (done.code, done.err) == (0, "")
    document = json.loads(done.out)
    assert document["version"] == 1
    grant = document["grant"]
    where = ["--registry-id", ACCOUNT, "--region", REGION, "--repository-name", "acme/etl"]
    argv = grant["command"]["argv"]
    assert argv[:-1] == ["aws", "ecr", "set-repository-policy", *where, "--policy-text"]
    assert json.loads(argv[-1]) == grant.pop("policy") == documented(f"arn:aws:iam::{ASTRO}:root")
    assert shlex.split(grant.pop("command")["line"]) == argv
    look_first = grant.pop("look_first")
    assert look_first["argv"] == ["aws", "ecr", "get-repository-policy", *where]
    assert shlex.split(look_first["line"]) == look_first["argv"]
    assert "dedicated clusters on AWS" in grant.pop("applies")
    assert "secret create" in grant.pop("needs_secret")
    assert grant == {
        "image": f"{ECR_IMAGE}:1.4",
        "cloud": "aws",
        "repository": {"partition": "aws", "account": ACCOUNT, "region": REGION, "name": "acme/etl"},
        "principal": f"arn:aws:iam::{ASTRO}:root",
    }


def test_as_json_a_binding_and_nothing_to_look_at_first(astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("registry", "grant", ARTIFACT_IMAGE, "--service-account", EMAIL, "--json")
    assert (done.code, done.err) == (0, "")
    grant = json.loads(done.out)["grant"]
    assert grant["policy"] == {"role": "roles/artifactregistry.reader", "members": [f"serviceAccount:{EMAIL}"]}
    assert shlex.split(grant["command"]["line"]) == grant["command"]["argv"]
    assert (grant["cloud"], grant["look_first"]) == ("gcp", None)
    assert grant["principal"] == f"serviceAccount:{EMAIL}"
    assert grant["repository"] == {"project": "acme-data", "location": "europe-west1", "name": "images"}


def test_as_json_a_failure_is_one_document_too(astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("registry", "grant", "ghcr.io/acme/etl", "--json")
    assert done.code == 1
    document = json.loads(done.out)
    assert document.keys() == {"version", "error"}
    assert document["error"]["code"] == 1
    assert "secret create" in document["error"]["hint"]


# what is refused


SECRET_CREATE = "astrokpo secret create --image "
NO_GRANT = {
    "GitHub": ("ghcr.io/acme/etl:1.4", '"ghcr.io" is neither', f"{SECRET_CREATE}ghcr.io/acme/etl:1.4"),
    "Docker Hub": ("acme/etl", '"docker.io" is neither', f"{SECRET_CREATE}docker.io/acme/etl"),
    "a port": ("localhost:5000/etl", '"localhost:5000" is neither', f"{SECRET_CREATE}localhost:5000/etl"),
    "an IPv6 address": ("[::1]:5000/etl", '"[::1]:5000" is neither', f"{SECRET_CREATE}'[::1]:5000/etl'"),
    "Azure": ("acme.azurecr.io/team/etl", "Azure Container Registry", "--repository team/etl content/read)"),
    "Azure too": ("acme.azurecr.io/team/etl", "without a secret", f"{SECRET_CREATE}acme.azurecr.io/team/etl"),
    "Azure in China": ("acme.azurecr.cn/etl", "Azure Container Registry", "az acr token create"),
    "ECR Public": ("public.ecr.aws/acme/etl", "neither a grant nor a secret", "without image_pull_secrets"),
    "ECR Public, dual-stack": ("ecr-public.aws.com/acme/etl", "neither a grant nor a secret", ""),
    "no 12 digits": ("12345678901.dkr.ecr.eu-west-1.amazonaws.com/etl", "is neither", SECRET_CREATE),
    "China without its suffix": (f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com/etl", "is neither", SECRET_CREATE),
    "China's suffix elsewhere": (f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com.cn/etl", "is neither", SECRET_CREATE),
    "half dual-stack": (f"{ACCOUNT}.dkr-ecr.eu-west-1.amazonaws.com/etl", "is neither", SECRET_CREATE),
    "the other half": (f"{ACCOUNT}.dkr.ecr.eu-west-1.on.aws/etl", "is neither", SECRET_CREATE),
    "dual-stack where there is none": (f"{ACCOUNT}.dkr-ecr.us-iso-east-1.on.aws/etl", "is neither", SECRET_CREATE),
    "a host that only begins so": (f"{ECR_HOST}.example.com/etl", "is neither", SECRET_CREATE),
    "a host that only ends so": (f"example.{ECR_IMAGE}", "is neither", SECRET_CREATE),
    "ECR with a port": (f"{ECR_HOST}:443/etl", "is neither", SECRET_CREATE),
    "another gcr.io": ("mirror.gcr.io/acme-data/etl", "is neither", SECRET_CREATE),
    "another format of Google's": ("us-python.pkg.dev/acme-data/images/etl", "is neither", SECRET_CREATE),
    "Google without a location": ("docker.pkg.dev/acme-data/images/etl", "is neither", SECRET_CREATE),
    "no image": ("Not An Image", "is not an image reference", ""),
    "one character": (f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/e", "is not in Amazon ECR", "2 characters"),
    "gcr.io without an image": ("gcr.io/acme-data", "is not an image of", "gcr.io/PROJECT/IMAGE"),
    "gcr.io, a domain, no image": ("gcr.io/example.com/acme-data", "is not an image of", "gcr.io/PROJECT/IMAGE"),
    "a project alone": ("us-docker.pkg.dev/acme-data", "is not an image of", "PROJECT/REPOSITORY/IMAGE"),
    "no image in the repository": ("us-docker.pkg.dev/acme-data/images", "is not an image of", "/REPOSITORY/IMAGE"),
    "a domain, no image": ("us-docker.pkg.dev/example.com/acme-data/images", "is not an image of", "/IMAGE"),
}


@pytest.mark.parametrize(("image", "message", "hint"), list(NO_GRANT.values()), ids=list(NO_GRANT))
def test_an_image_without_a_grant_is_refused_with_what_to_do(
    image: str, message: str, hint: str, astrokpo: Callable[..., Run]
) -> None:
    check_refused(astrokpo("registry", "grant", image, "--account-id", ASTRO), message, hint)


ROLE = f"arn:aws:iam::{ASTRO}:role/nodes"
WRONG_FLAGS = {
    "ECR's account for Google": (ARTIFACT_IMAGE, ("--account-id", ASTRO), "--account-id is for Amazon ECR"),
    "ECR's cluster for Google": (ARTIFACT_IMAGE, ("--cluster-id", CLUSTER), "--cluster-id is for Amazon ECR"),
    "ECR's principal for Google": (ARTIFACT_IMAGE, ("--principal", ROLE), "--principal is for Amazon ECR"),
    "one too many for Google": (ARTIFACT_IMAGE, ("--service-account", EMAIL, "--principal", ""), "is for Amazon ECR"),
    "Google's for ECR": (ECR_IMAGE, ("--service-account", EMAIL), "--service-account is for Google Artifact Registry"),
    "two accounts": (ECR_IMAGE, ("--principal", ROLE, "--account-id", ASTRO), "--principal and --account-id both"),
    "two roles": (ECR_IMAGE, ("--principal", ROLE, "--cluster-id", CLUSTER), "--principal and --cluster-id both"),
    "nobody for ECR": (ECR_IMAGE, (), "--account-id is missing"),
    "a cluster alone": (ECR_IMAGE, ("--cluster-id", CLUSTER), "--account-id is missing"),
    "nobody for Google": (ARTIFACT_IMAGE, (), "--service-account is missing"),
}


@pytest.mark.parametrize(("image", "flags", "message"), list(WRONG_FLAGS.values()), ids=list(WRONG_FLAGS))
def test_flags_that_do_not_fit_are_a_usage_error(
    image: str, flags: tuple[str, ...], message: str, astrokpo: Callable[..., Run]
) -> None:
    check_refused(astrokpo("registry", "grant", image, *flags), message, code=2)


def test_no_image_is_a_usage_error(astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("registry", "grant")
    assert (done.code, done.out) == (2, "")
    assert "IMAGE" in done.err


BAD_VALUES = {
    "--account-id": (
        *(
            "",
            "21098765432",
            "2109876543210",
            "21098765432l",
            f"{ASTRO}\n",
            f" {ASTRO}",
            "".join(chr(ord(digit) + 0xFEE0) for digit in ASTRO),
        ),
        *("2109-8765-4321", "$(touch PWNED)", "*", ROLE, ACCOUNT),
    ),
    "--cluster-id": (
        *("", "prod", "My cluster", CLUSTER.upper(), f"{CLUSTER}\n", f"{CLUSTER}/x", "c" * 33, f"{CLUSTER}*"),
        *("1" * 25, "clm8bvk8b000008l9deow$(x)", f"EKS-NodeInstanceRole-{CLUSTER}"),
    ),
    "--principal": (
        *("", "*", "21098765432", f"{ROLE}\n", f"{ROLE} ", f"{ROLE}'", f"{ROLE}$(x)", f"{ROLE}*", f"{ROLE}/"),
        *(f"arn:aws:iam::{ASTRO}:role/", f"arn:aws:iam::{ASTRO}:role//x", f"arn:aws:iam::{ASTRO}:role/{'x' * 65}"),
        *(f"arn:aws:iam::{ASTRO}:*", f"arn:aws:iam::{ASTRO}:group/x", "arn:aws:iam::*:root", f"arn:aws:s3::{ASTRO}:x"),
        *(f"arn:aws:sts::{ASTRO}:assumed-role/x/y", f"arn:aws:iam:eu-west-1:{ASTRO}:role/x", f"{ROLE}é"),
        *("ecr.amazonaws.com", f"arn:aws-cn:iam::{ASTRO}:role/nodes", f"arn:aws-us-gov:iam::{ASTRO}:root"),
    ),
    "--service-account": (
        *("", "a", "ada@example.com", f"serviceAccount:{EMAIL}", f"{EMAIL}\n", f" {EMAIL}", f"{EMAIL}'", "@" + EMAIL),
        *(EMAIL.upper(), f"-{EMAIL}", "a b@x.iam.gserviceaccount.com", "$(x)@x.iam.gserviceaccount.com"),
        *("a@gserviceaccount.com", "a@.gserviceaccount.com", f"{EMAIL}.example.com", f"{'a' * 250}{EMAIL}", "allUsers"),
    ),
}
BAD = [(flag, value) for flag, values in BAD_VALUES.items() for value in values]


@pytest.mark.parametrize(("flag", "value"), BAD, ids=[f"{flag} {value[:40]!r}" for flag, value in BAD])
def test_a_value_that_is_none_is_refused(flag: str, value: str, astrokpo: Callable[..., Run]) -> None:
    image = ARTIFACT_IMAGE if flag == "--service-account" else ECR_IMAGE
    account = ("--account-id", ASTRO) if flag == "--cluster-id" else ()
    done = astrokpo("registry", "grant", image, flag, value, *account)
    assert done.code == 1
    check_refused(done, "is")


def test_a_bad_value_is_refused_before_anything_is_asked(astrokpo: Callable[..., Run]) -> None:
    check_refused(astrokpo("registry", "grant", ECR_IMAGE, "--cluster-id", "prod"), '"prod" is not the id of an Astro')


@pytest.mark.parametrize(
    "email",
    [
        "987654321098-compute@developer.gserviceaccount.com",
        "astro-nodes@acme-data.iam.gserviceaccount.com",
        "astro@acme-data.example.com.iam.gserviceaccount.com",
        "acme-data@appspot.gserviceaccount.com",
    ],
)
def test_every_kind_of_service_account_is_taken(email: str, astrokpo: Callable[..., Run]) -> None:
    assert astrokpo("registry", "grant", ARTIFACT_IMAGE, "--service-account", email).code == 0


@pytest.mark.parametrize("who", ["root", "user/ada", "role/nodes", "role/aws-reserved/sso.amazonaws.com/x"])
def test_every_kind_of_iam_principal_is_taken(who: str, astrokpo: Callable[..., Run]) -> None:
    principal = f"arn:aws:iam::{ASTRO}:{who}"
    assert json.loads(astrokpo("registry", "grant", ECR_IMAGE, "--principal", principal).out) == documented(principal)


def test_no_principal_reaches_over_from_another_partition(astrokpo: Callable[..., Run]) -> None:
    image = f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/acme/etl"
    check_refused(astrokpo("registry", "grant", image, "--principal", ROLE), "in the partition aws, and the image in")


def test_the_images_own_account_is_not_taken_for_astros(astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("registry", "grant", ECR_IMAGE, "--account-id", ACCOUNT)
    check_refused(done, "is the account of the image itself", "Astro's AWS account")


# the line in a shell


WORD = r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
HOSTS = st.one_of(
    st.from_regex(r"[0-9]{12}\.dkr\.ecr(-fips)?\.([a-z]{2}|us-gov)-[a-z]{4,9}-[0-9]\.amazonaws\.com", fullmatch=True),
    st.from_regex(r"[0-9]{12}\.dkr-ecr(-fips)?\.[a-z]{2}-[a-z]{4,9}-[0-9]\.on\.aws", fullmatch=True),
    st.from_regex(r"[0-9]{12}\.dkr\.ecr\.cn-[a-z]{4,9}-[0-9]\.amazonaws\.com\.cn", fullmatch=True),
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,9}[a-z0-9])?-docker\.pkg\.dev", fullmatch=True),
    st.sampled_from(("gcr.io", "us.gcr.io", "eu.gcr.io", "asia.gcr.io", "ghcr.io", "[::1]:5000", "x.azurecr.io")),
)
PATHS = st.from_regex(rf"{WORD}(/{WORD}){{0,4}}", fullmatch=True)
TAILS = st.one_of(
    st.just(""), st.from_regex(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True), st.just(f"@sha256:{'b' * 64}")
)
IMAGES = st.builds("{}/{}{}".format, HOSTS, PATHS, TAILS)


MANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def grant_of(image: str, account: str = ASTRO, cluster: str | None = CLUSTER, email: str = EMAIL) -> Grant:
    reference = parse_image(image)
    repository = find_repository(reference)
    if isinstance(repository, EcrRepository):
        return ecr_grant(reference, repository, cluster_principal(repository, account, cluster))
    return artifact_grant(reference, repository, check_service_account(email))


def check_line(grant: Grant) -> None:
    """Fail unless a shell makes the very argv of the lines of GRANT."""
    for command in filter(None, (grant.command, grant.look_first)):
        assert shlex.split(command.line) == list(command.argv)
        # Nothing but the policy needs quotes: the rest means itself in every shell.
        assert all(re.fullmatch(r"[\w@%+=:,./-]+", word, re.ASCII) for word in command.argv if word[0] != "{")
        assert "'" not in "".join(command.argv)


@MANY
@given(IMAGES)
def test_the_line_of_any_image_is_its_argv_or_the_image_is_refused(image: str) -> None:
    try:
        grant = grant_of(image)
    except AstrokpoError:
        return
    check_line(grant)


@MANY
@given(st.sampled_from((ECR_IMAGE, ARTIFACT_IMAGE)), st.text(max_size=40), st.text(max_size=40))
def test_no_text_of_an_option_gets_into_the_line_as_anything_else(image: str, first: str, second: str) -> None:
    for account, cluster, email in ((first, CLUSTER, first), (ASTRO, second, second)):
        try:
            check_line(grant_of(image, account, cluster, email))
        except AstrokpoError:
            continue


SAFE_ARN = r"arn:aws:iam::\d{12}:(root|role/[\w+=,.@/-]+|user/[\w+=,.@/-]+)"


@MANY
@given(st.one_of(st.text(max_size=60), st.from_regex(SAFE_ARN)))
def test_a_principal_is_an_arn_of_iam_without_a_wildcard_or_is_refused(text: str) -> None:
    reference = parse_image(ECR_IMAGE)
    repository = find_repository(reference)
    assert isinstance(repository, EcrRepository)
    try:
        principal = parse_principal(repository, text)
    except AstrokpoError:
        return
    assert re.fullmatch(SAFE_ARN, principal, re.ASCII)
    check_line(ecr_grant(reference, repository, principal))


@pytest.mark.parametrize("image", [ECR_IMAGE, *(case[0] for case in ECR.values()), *(c[0] for c in ARTIFACT.values())])
def test_a_real_shell_makes_the_argv_of_the_line(image: str) -> None:
    command = grant_of(image).command
    done = subprocess.run(["sh", "-c", f"printf '%s\\0' {command.line}"], capture_output=True, check=True, timeout=60)
    assert done.stdout.decode().split("\0")[:-1] == list(command.argv)


# at a terminal, and the rest of the house


@pytest.mark.parametrize(
    ("image", "question", "answer", "shown"),
    [
        (ECR_IMAGE, "the id of Astro's AWS account", ASTRO, f'"AWS": "arn:aws:iam::{ASTRO}:root"'),
        (ARTIFACT_IMAGE, "the email of the cluster's service account", EMAIL, f'"serviceAccount:{EMAIL}"'),
    ],
    ids=["ECR", "Artifact Registry"],
)
def test_at_a_terminal_whom_to_trust_is_asked_for(image: str, question: str, answer: str, shown: str) -> None:
    with terminal("registry", "grant", image) as person:
        person.answer(f"{question}: ", answer)
        assert person.end() == 0
        assert shown in person.screen
        # To be copied in one go, it is one line however wide the terminal is.
        assert grant_of(image, cluster=None).command.line in person.screen


def test_a_grant_is_printed_without_anything_heavy() -> None:
    loaded = run_and_see_modules("registry", "grant", ECR_IMAGE, "--account-id", ASTRO)
    assert loaded.heavy == set()
    assert loaded.commands == {"registry_grant"}


@pytest.mark.parametrize(
    "host",
    [
        ECR_HOST,
        *(f"{ACCOUNT}.{host}" for host in DUAL_STACK),
        *(c[0].split("/")[0] for c in ARTIFACT.values()),
    ],
)
def test_what_secret_create_sends_here_has_a_grant(host: str) -> None:
    assert can_grant(host)
    find_repository(parse_image(f"{host}/acme-data/images/etl"))


def test_what_has_no_grant_is_not_sent_here() -> None:
    assert not can_grant("ghcr.io")
    with pytest.raises(NoGrant):
        find_repository(parse_image("ghcr.io/acme/etl"))
