"""Grants: the policy that lets the nodes of an Astro cluster pull an image, so that no secret is needed.

PURE. An image of Amazon ECR or Google Artifact Registry, and who is to be trusted, become a Grant: the policy or
IAM binding, the command that adds it, and the clusters for which it counts. The policies are those of Astronomer's
documentation (docs/astro/kpo-ecr, docs/astro/kpo-google-artifact-registry).
"""

import json
import re
import shlex
from typing import Any, NamedTuple

from astrokpo_cli.errors import AstrokpoError, InvalidValue, quote
from astrokpo_cli.images import ImageReference


class NoGrant(AstrokpoError):
    """A registry that can let no cluster pull without a secret, or that lets all."""


class EcrRepository(NamedTuple):
    """A repository of Amazon ECR."""

    partition: str
    """The part of AWS that it is in: the second field of every ARN."""
    account: str
    """Whose registry it is: 12 digits."""
    region: str
    name: str


class ArtifactRepository(NamedTuple):
    """A repository of Google Artifact Registry; one of its kind serves each gcr.io host."""

    project: str
    """The project's id; DOMAIN:PROJECT for one that is scoped to a domain."""
    location: str
    name: str


class Command(NamedTuple):
    """A command line of another program."""

    argv: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command as it is pasted into a shell."""
        return shlex.join(self.argv)


class Grant(NamedTuple):
    """How an image is pulled without a secret."""

    cloud: str
    """aws or gcp."""
    principal: str
    """Who may pull: an ARN, or an IAM member."""
    policy: dict[str, Any]
    """The repository policy of ECR; the IAM binding of Artifact Registry."""
    command: Command
    """Puts the policy in place."""
    look_first: Command | None
    """Shows the policy that COMMAND would replace; None where it adds."""
    applies: str
    """The clusters that can use it, for people."""
    needs_secret: str
    """The clusters that need a secret all the same, and how to give them one."""


def find_repository(image: ImageReference) -> EcrRepository | ArtifactRepository:
    """Give the repository of IMAGE; raises NoGrant where its registry knows no grants."""
    found = _ecr_repository(image) or _artifact_repository(image)
    if found is None:
        raise _no_grant(image)
    return found


def can_grant(registry: str) -> bool:
    """Whether REGISTRY, a host, can let a cluster of its own cloud pull without a secret."""
    return bool(_ecr_host(registry) or registry in _GCR_LOCATIONS or re.fullmatch(_ARTIFACT_HOST, registry))


def cluster_principal(repository: EcrRepository, account: str, cluster: str | None = None) -> str:
    """Give the ARN of the nodes of CLUSTER in Astro's AWS ACCOUNT, or of all that account; raises InvalidValue.

    The documentation names the nodes' role today; in 2024 it named the account's root.
    """
    if not re.fullmatch("[0-9]{12}", account):
        raise InvalidValue(
            f"{quote(account)} is not the id of an AWS account", "it is 12 digits; support knows Astro's"
        )
    if account == repository.account:
        raise InvalidValue(
            f"{quote(account)} is the account of the image itself",
            "give the id of Astro's AWS account, which support knows",
        )
    who = "root" if cluster is None else f"role/EKS-NodeInstanceRole-{check_cluster(cluster)}"
    return _arn(repository, account, who)


def check_cluster(text: str) -> str:
    """Give TEXT, the id of an Astro cluster; raises InvalidValue.

    Those in Astro's documentation are cuids of 25 and 26 characters; the later kind of cuid has up to 32.
    """
    if not re.fullmatch("[a-z][a-z0-9]{20,31}", text):
        raise InvalidValue(
            f"{quote(text)} is not the id of an Astro cluster",
            "it is lower-case letters and digits, such as clm8bvk8b000008l9deowc5lx; --principal takes any role's ARN",
        )
    return text


def parse_principal(repository: EcrRepository, text: str) -> str:
    """Give the ARN of the AWS principal TEXT, an ARN of IAM or an account's 12 digits; raises InvalidValue."""
    if re.fullmatch("[0-9]{12}", text):
        return _arn(repository, text, "root")
    match = re.fullmatch(_IAM_ARN, text, re.ASCII)
    if match is None:
        raise InvalidValue(
            f"{quote(text)} is not an AWS principal",
            "give the ARN of a role or user, such as arn:aws:iam::123456789012:role/nodes, or an account's 12 digits",
        )
    if match["partition"] != repository.partition:
        raise InvalidValue(
            f"{quote(text)} is in the partition {match['partition']}, and the image in {repository.partition}",
            "no policy reaches from one partition of AWS into another; these clusters need a secret",
        )
    return text


def check_service_account(text: str) -> str:
    """Give TEXT, the email of a service account of Google Cloud; raises InvalidValue."""
    if not re.fullmatch(_SERVICE_ACCOUNT, text) or len(text) > 254:
        raise InvalidValue(
            f"{quote(text)} is not the email of a service account",
            "such as 123456789012-compute@developer.gserviceaccount.com; support knows the cluster's",
        )
    return text


def ecr_grant(image: ImageReference, repository: EcrRepository, principal: str) -> Grant:
    """Give the grant that lets PRINCIPAL, an ARN, pull from REPOSITORY."""
    policy = {
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
    where = (
        *("--registry-id", repository.account, "--region", repository.region),
        *("--repository-name", repository.name),
    )
    # The policy itself, not file://policy.json: the line works wherever it is pasted, with no file beside it.
    text = json.dumps(policy, separators=(",", ":"))
    return Grant(
        cloud="aws",
        principal=principal,
        policy=policy,
        command=Command(("aws", "ecr", "set-repository-policy", *where, "--policy-text", text)),
        look_first=Command(("aws", "ecr", "get-repository-policy", *where)),
        applies="dedicated clusters on AWS; there the DAG names no pull secret for this repository",
        needs_secret=f"standard clusters, and clusters on other clouds: {_secret_create(image)}; an Amazon ECR token"
        " dies after 12 hours and its pull secret with it, so a registry whose credentials last should hold the image",
    )


def artifact_grant(image: ImageReference, repository: ArtifactRepository, service_account: str) -> Grant:
    """Give the grant that lets SERVICE_ACCOUNT, an email, pull from REPOSITORY."""
    member, role = f"serviceAccount:{service_account}", "roles/artifactregistry.reader"
    command = (
        *("gcloud", "artifacts", "repositories", "add-iam-policy-binding", repository.name),
        *(f"--location={repository.location}", f"--project={repository.project}"),
        # Without --condition gcloud asks, or fails in a script, where another binding of the repository has one.
        *(f"--member={member}", f"--role={role}", "--condition=None"),
    )
    return Grant(
        cloud="gcp",
        principal=member,
        policy={"role": role, "members": [member]},
        command=Command(command),
        look_first=None,
        applies="dedicated clusters on Google Cloud; there the DAG names no pull secret for this repository",
        needs_secret=f"standard clusters, and clusters on other clouds: {_secret_create(image)}, logged in with the key"
        " of a service account (user _json_key), since an access token dies after an hour",
    )


_PARTITIONS = {
    "aws-cn": ("cn-", "amazonaws.com.cn", "on.amazonwebservices.com.cn"),
    "aws-us-gov": ("us-gov-", "amazonaws.com", "on.aws"),
    "aws-eusc": ("eusc-", "amazonaws.eu", ""),
    "aws-iso": ("us-iso-", "c2s.ic.gov", ""),
    "aws-iso-b": ("us-isob-", "sc2s.sgov.gov", ""),
    "aws-iso-e": ("eu-isoe-", "cloud.adc-e.uk", ""),
    "aws-iso-f": ("us-isof-", "csp.hci.ic.gov", ""),
    "aws": ("", "amazonaws.com", "on.aws"),
}
"""Partition -> how its regions begin, and what follows the region in the hosts dkr.ecr and dkr-ecr (dual-stack).

The hosts are those for which a kubelet on EKS asks the ecr-credential-provider: from any other a node would pull
without credentials, whatever the policy.
"""

_ECR_HOST = r"([0-9]{12})\.dkr([.-])ecr(?:-fips)?\.([a-z]+(?:-[a-z]+)+-[0-9]+)\.([a-z0-9.-]+)"
_ECR_PUBLIC = ("public.ecr.aws", "ecr-public.aws.com")
_ARTIFACT_HOST = r"([a-z0-9-]+)-docker\.pkg\.dev"
_GCR_LOCATIONS = {"gcr.io": "us", "us.gcr.io": "us", "eu.gcr.io": "europe", "asia.gcr.io": "asia"}
"""Container Registry's hosts, each served by the repository of its name in this location of Artifact Registry."""

_AZURE_HOST = r"[a-z0-9-]+\.azurecr\.(?:io|cn|us)"
_IAM_ARN = r"arn:(?P<partition>aws[a-z-]*):iam::[0-9]{12}:(?:root|(?:role|user)/(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64})"
_SERVICE_ACCOUNT = r"[a-z0-9]+(?:-+[a-z0-9]+)*@(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+gserviceaccount\.com"


def _ecr_repository(image: ImageReference) -> EcrRepository | None:
    found = _ecr_host(image.registry)
    if found is None:
        return None
    if len(image.repository) < 2:
        raise InvalidValue(f"{quote(str(image))} is not in Amazon ECR", "a repository's name has 2 characters or more")
    return EcrRepository(*found, image.repository)


def _ecr_host(registry: str) -> tuple[str, str, str] | None:
    """Give partition, account and region of a private registry of Amazon ECR; None for any other."""
    match = re.fullmatch(_ECR_HOST, registry)
    if match is None:
        return None
    account, mark, region, suffix = match.groups()
    partition = next(name for name, (prefix, _, _) in _PARTITIONS.items() if region.startswith(prefix))
    _, plain, dual_stack = _PARTITIONS[partition]
    return (partition, account, region) if suffix == (plain if mark == "." else dual_stack) else None


def _artifact_repository(image: ImageReference) -> ArtifactRepository | None:
    if image.registry in _GCR_LOCATIONS:
        project, rest = _split_project(image.repository)
        if not rest:
            raise _incomplete(image, "PROJECT/IMAGE")
        return ArtifactRepository(project, _GCR_LOCATIONS[image.registry], image.registry)
    match = re.fullmatch(_ARTIFACT_HOST, image.registry)
    if match is None:
        return None
    project, rest = _split_project(image.repository)
    name, _, rest = rest.partition("/")
    if not rest:
        raise _incomplete(image, "PROJECT/REPOSITORY/IMAGE")
    return ArtifactRepository(project, match[1], name)


def _split_project(path: str) -> tuple[str, str]:
    """Give the project's id at the start of PATH, and what follows it.

    An id DOMAIN:PROJECT is DOMAIN/PROJECT in an image, where a colon begins the tag; no other id has a dot.
    """
    first, _, rest = path.partition("/")
    if "." not in first:
        return first, rest
    project, _, rest = rest.partition("/")
    return f"{first}:{project}", rest


def _arn(repository: EcrRepository, account: str, what: str) -> str:
    return f"arn:{repository.partition}:iam::{account}:{what}"


def _incomplete(image: ImageReference, form: str) -> InvalidValue:
    return InvalidValue(
        f"{quote(str(image))} is not an image of Google Artifact Registry", f"expected {image.registry}/{form}"
    )


def _no_grant(image: ImageReference) -> NoGrant:
    if image.registry in _ECR_PUBLIC:
        return NoGrant(
            f"{quote(image.registry)} is public: its images need neither a grant nor a secret",
            "run the image without image_pull_secrets",
        )
    if re.fullmatch(_AZURE_HOST, image.registry):
        return NoGrant(
            f"{quote(image.registry)} is Azure Container Registry, from which no Astro cluster pulls without a secret",
            "make a token for this repository alone (az acr token create --name NAME --registry REGISTRY --repository"
            f" {image.repository} content/read), log in with it, and hand it over: {_secret_create(image)}",
        )
    return NoGrant(
        f"only Amazon ECR and Google Artifact Registry can be granted, and {quote(image.registry)} is neither",
        f"a public image needs no secret; for another: {_secret_create(image)}",
    )


def _secret_create(image: ImageReference) -> str:
    return shlex.join(("astrokpo", "secret", "create", "--image", str(image)))
