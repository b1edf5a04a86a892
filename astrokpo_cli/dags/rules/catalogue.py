"""The rules: what each code stands for, how bad it is, and what to do about it.

PURE. A code never changes its meaning; what `dag check --explain CODE` prints is `explanation`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from astrokpo_cli.dags.findings import Severity


class Rule(NamedTuple):
    """One rule."""

    code: str
    """AKP and three digits: 1xx pull secrets, 2xx what newer versions refuse, 3xx Astro, 9xx files."""
    name: str
    """For people and for SARIF: lower case, words joined by hyphens."""
    severity: Severity
    """What most of its findings have; a finding may be milder where less is known."""
    summary: str
    """One line, without a full stop."""
    explanation: str
    """One paragraph: what happens, why, what to do, when to ignore it."""
    fixable: bool = False
    """Whether `dag patch --fix CODE` mends what it finds, where that is safe."""


def _rule(code: str, name: str, severity: Severity, summary: str, paragraph: str, *, fixable: bool = False) -> Rule:
    return Rule(code, name, severity, summary, " ".join(paragraph.split()), fixable)


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_RULES = (
    _rule(
        "AKP101",
        "private-image-without-secret",
        _ERROR,
        "a private image is pulled without a pull secret",
        """
        The project says that the image is private, and nothing gives the task a pull secret: not its call, not
        the default_args of the call, its task groups or its DAG, not a pod template. The kubelet then asks the
        registry as nobody, is refused, and the pod waits in ImagePullBackOff until the task times out. Give
        image_pull_secrets the name of the Secret in the Deployment's namespace, as
        [k8s.V1LocalObjectReference(name="...")], or let astrokpo dag patch do it. Ignore it where the cluster
        itself may pull the image, such as a dedicated cluster that was granted access to Amazon ECR or to Google
        Artifact Registry.
        """,
    ),
    _rule(
        "AKP102",
        "secret-of-another-registry",
        _ERROR,
        "the pull secret does not serve the image's registry",
        """
        The task has a pull secret, but not the one that the project names for this image. A kubelet uses only
        what a pull secret holds for the image's own registry: any other is as good as none, and the pod waits in
        ImagePullBackOff. Name the image's own secret; several in the list are fine, the kubelet tries those that
        match. The platform's own pull secrets, image-pull-secret and per-dp-registry-pull-secret, are never
        judged. Where the secret does serve the registry, correct astrokpo.toml instead. It is a warning where the
        project names no secret for the image and lists those of the task for other registries.
        """,
    ),
    _rule(
        "AKP103",
        "secret-as-text-in-list",
        _ERROR,
        "pull secrets are plain strings in a list",
        """
        image_pull_secrets=["name"] parses, and Airflow builds the pod without a word; then the API server answers
        400, since it wants an object where the string stands, and the task fails whenever it runs. That is so
        with every provider from 4.4 to 10.25. Use [k8s.V1LocalObjectReference(name="name")]; one string with
        commas and no list, "name,other", is read correctly too.
        """,
    ),
    _rule(
        "AKP104",
        "secret-without-list",
        _ERROR,
        "a single reference stands where a list of them belongs",
        """
        image_pull_secrets takes a list. A V1LocalObjectReference or a dict without one parses, and Airflow builds
        the pod without a word; then the API server answers 400 and the task fails whenever it runs, with every
        provider from 4.4 to 10.25. Put square brackets around it.
        """,
    ),
    _rule(
        "AKP105",
        "blank-in-secret-name",
        _ERROR,
        "a blank stands in a comma-separated string of pull secrets",
        """
        Airflow splits a string of pull secrets at the commas and strips nothing, with every provider from 4.4 to
        10.25: "a, b" names the secrets "a" and " b", and no Secret can have the second name. The kubelet goes on
        without it, so that an image which needs it is not pulled. Leave the blanks out, or use a list of
        k8s.V1LocalObjectReference.
        """,
    ),
    _rule(
        "AKP106",
        "template-in-secret-name",
        _ERROR,
        "a template stands in image_pull_secrets, which is not rendered",
        """
        image_pull_secrets is not among the fields that Airflow renders: {{ var.value.secret }} stays literally
        that text, names no Secret, and the image is not pulled. Write the name itself, or take it from where
        Python can read it when the file is parsed, such as the environment: os.environ["PULL_SECRET"]. Only
        pod_template_dict is rendered and may hold a template.
        """,
    ),
    _rule(
        "AKP107",
        "misspelt-image-pull-secrets",
        _ERROR,
        "a keyword looks like image_pull_secrets and is spelt otherwise",
        """
        KubernetesPodOperator refuses a keyword that it does not know, so the whole DAG fails to parse: an
        AirflowException up to Airflow 2.11, a TypeError from Airflow 3 on. In default_args it is a warning: there
        Airflow drops what no operator takes without a word, and the tasks run without their pull secret. Spell it
        image_pull_secrets.
        """,
    ),
    _rule(
        "AKP108",
        "default-secret-overridden",
        _ERROR,
        "None or an empty list stands in front of a pull secret in default_args",
        """
        What is written in the call stands in front of default_args even where it is None or [], so that the task
        runs without the pull secret that its DAG or task group gives to all. Leave the keyword out to get the
        default's. With the project's private images listed in astrokpo.toml it is reported for those alone, and
        for images that are not known; with none listed it is a warning where the image is known. Ignore it where
        it is meant, since the image is public.
        """,
    ),
    _rule(
        "AKP109",
        "secret-not-known",
        _NOTE,
        "whether a private image has a pull secret cannot be said without running the code",
        """
        The image is private, and image_pull_secrets comes from something that only running the code tells: a
        function, a Variable, a dict that is changed, a pod template that is not at hand. Nothing is wrong as far
        as can be seen, and dag patch leaves such tasks alone. Look at the place that the note names. A constant,
        or a dict that is written once and never changed, would be read.
        """,
    ),
    _rule(
        "AKP110",
        "registry-not-described",
        _WARNING,
        "an image of a mostly private registry has no pull secret, and the project does not say if it needs one",
        """
        No private images are configured, so whether this image needs a pull secret cannot be judged; its registry
        is one that mostly holds private images, such as *.azurecr.io, *.dkr.ecr.*.amazonaws.com, *-docker.pkg.dev
        or a company's own host. List the private registries, with the secret that serves each, in astrokpo.toml
        or with --image-prefix: then images below them are judged and all others are taken for public. Registries
        that hold many public images, such as docker.io, ghcr.io, quay.io and gcr.io, are not reported.
        """,
    ),
    _rule(
        "AKP201",
        "removed-import",
        _ERROR,
        "the operator is imported from a module that is gone",
        """
        airflow.providers.cncf.kubernetes.operators.kubernetes_pod was removed with provider 10.0.0, and
        airflow.contrib with Airflow 3: the file fails to import with ModuleNotFoundError and none of its DAGs is
        there. Import from airflow.providers.cncf.kubernetes.operators.pod, which exists since provider 5.3.0
        (Astro Runtime 8); for code that runs on both sides put the old import into except ImportError, which is
        not reported. It is a warning where the project's versions are not known, and nothing where they still
        have the module.
        """,
        fixable=True,
    ),
    _rule(
        "AKP202",
        "removed-resources",
        _ERROR,
        "resources= no longer sets the pod's size",
        """
        On KubernetesPodOperator of provider 4 and older, resources=k8s.V1ResourceRequirements(...) set the pod's
        size. From 5.0.0 on it fails the parse, with an AirflowException first and a TypeError from 7.13.0 on,
        since the argument is Airflow's own and means something else. The form of Airflow 1.10, a dict with keys
        such as limit_cpu, fails with every provider since 4.0. Use
        container_resources=k8s.V1ResourceRequirements(...), which exists since provider 4.2.0. The renaming is
        mended by dag patch; a dict is not, since its keys have other names.
        """,
        fixable=True,
    ),
    _rule(
        "AKP203",
        "removed-config-section",
        _ERROR,
        'the configuration\'s section "kubernetes" is gone in Airflow 3',
        """
        conf.get("kubernetes", "NAMESPACE"), as Astronomer's documentation prints it, raises
        AirflowConfigException on Airflow 3 unless AIRFLOW__KUBERNETES__NAMESPACE is set. Astro's documentation
        listed that variable as set in 2024; a CI job, pytest and astro dev parse do not set it. The section's new
        name, kubernetes_executor, answers "default" on Airflow 3 wherever only the old variable is set, and does
        not exist before Airflow 2.5. Right on all of them is conf.get("kubernetes", "NAMESPACE", fallback=None)
        or conf.get("kubernetes_executor", "NAMESPACE", fallback="default"); from provider 5.0.0 on leaving
        namespace out does as well. It is a warning where the project's Airflow is not known, and nothing on
        Airflow 2, under try, or with a fallback.
        """,
        fixable=True,
    ),
    _rule(
        "AKP204",
        "positional-reference",
        _WARNING,
        "V1LocalObjectReference is given its name by position",
        """
        V1LocalObjectReference("name"), as Astronomer's documentation prints it, raises TypeError with version 37
        of the kubernetes client, whose models take keywords alone. The providers up to 10.25 come with an older
        client, so it works today and stops working with an upgrade. Write V1LocalObjectReference(name="name"),
        which every version reads.
        """,
        fixable=True,
    ),
    _rule(
        "AKP205",
        "ignored-delete-operator-pod",
        _WARNING,
        "is_delete_operator_pod is ignored from provider 10 on",
        """
        From provider 10.0.0 on is_delete_operator_pod is accepted and ignored, without a warning: pods that were
        kept for a look at them are deleted when their task ends. Use on_finish_action, which exists since
        provider 7.2.0: "keep_pod" for False, "delete_pod" for True. True is not reported, since it is the
        default; nor is it where on_finish_action is given too, or the project's provider is known to be older.
        """,
    ),
    _rule(
        "AKP301",
        "persistent-volume",
        _ERROR,
        "a persistent volume claim, which Astro does not support",
        """
        Astro's clusters have no persistent volumes for the pods of tasks. A pod with a persistent volume claim
        waits as Pending for a volume that never comes, until the task fails at its start-up timeout. Pass data
        through object storage, or use an empty_dir volume for what one task needs; config maps and secrets as
        volumes are fine. Not reported for a pod that runs in another cluster.
        """,
    ),
    _rule(
        "AKP302",
        "service-account",
        _WARNING,
        "a service account is named, and Astro allows none of another account",
        """
        Astro does not support service accounts across accounts: the service account must be one in the
        Deployment's own namespace, else the API server refuses the pod. Whether it is there cannot be seen in
        code, hence a warning. Astro gives the Deployment's pods an identity of their own, which most tasks can
        use with service_account_name left out. Ignore it where support has confirmed the account.
        """,
    ),
    _rule(
        "AKP303",
        "external-cluster",
        _WARNING,
        "the pod runs in another cluster, where Astro's pull secrets do not apply",
        """
        config_file, cluster_context, in_cluster=False, a kubernetes_conn_id of one's own and the operators for
        Amazon EKS and Google GKE start the pod in another cluster than Astro's. A pull secret that support
        creates is in the Deployment's namespace alone: there it does not exist. Create one in that cluster's
        namespace yourself, for instance from the manifest of astrokpo secret create --plaintext. The rules about
        Astro's limits are not applied to such tasks, nor is AKP101. Ignore it where the other cluster is taken
        care of, or where the connection leads back to Astro's own.
        """,
    ),
    _rule(
        "AKP304",
        "size-over-limit",
        _ERROR,
        "the pod is larger than Astro allows",
        """
        Astro runs a pod of at most 43 vCPU and 86 GiB of memory, or on request 86 vCPU and 172 GiB, with at most
        100 GiB of ephemeral storage. A larger one is never scheduled, and the task fails at its start-up timeout.
        Ask for less, or split the work over mapped tasks. Ignore it up to the larger limits where support has
        raised them for your cluster.
        """,
    ),
    _rule(
        "AKP305",
        "requests-differ-from-limits",
        _WARNING,
        "the pod's requests differ from its limits",
        """
        On Astro a pod's requests are raised to its limits, and the limits are what is billed. A request that is
        lower does not save anything, and hides from the reader what the task costs; one that is higher than its
        limit is refused by Kubernetes. Write the same amount in both.
        """,
    ),
    _rule(
        "AKP306",
        "hard-coded-namespace",
        _WARNING,
        "the namespace is written into the code",
        """
        Each Deployment has a namespace of its own, and a pod may run in no other. Code with a namespace in it
        fails wherever else it is deployed, in development as in a new Deployment, and a pull secret is in the
        Deployment's namespace alone. Leave namespace out, which from provider 5.0.0 on means the Deployment's
        own; or read it from the configuration as astrokpo snippet prints it. Not reported for a pod that runs in
        another cluster.
        """,
    ),
    _rule(
        "AKP901",
        "unreadable-file",
        _ERROR,
        "the file cannot be read, so nothing in it was checked",
        """
        The file is not what it says: bytes that are not of its encoding, Python that the Python which runs
        astrokpo does not parse, or YAML that is none. Nothing in it was checked, and it is said so rather than
        passed over. Python that is newer than the one which runs astrokpo is read by running astrokpo with the
        Python of your Airflow. A file that is no DAG code at all belongs into .airflowignore.
        """,
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.code: rule for rule in _RULES})
"""Code -> rule, in the order of the codes."""
