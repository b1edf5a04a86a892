"""A template of a pod: a manifest of kind Pod, for pod_template_file or for Airflow's own workers.

PURE. Airflow reads it with the kubernetes client, which takes what is no mapping for a reference without a name: the
task's secret is lost, and nothing says so (measured with client 36 in Airflow 2.11.2). A template is no task: what it
lacks may come with the call.
"""

from collections.abc import Iterator, Mapping

from astrokpo_cli.dags.findings import Finding
from astrokpo_cli.dags.operators import Operator
from astrokpo_cli.dags.rules import places
from astrokpo_cli.dags.tasks import Argument, Task, Verdict
from astrokpo_cli.dags.yaml_dags.nodes import Node, origin
from astrokpo_cli.dags.yaml_dags.reading import Field, Reader


def is_template(reader: Reader, root: Node) -> bool:
    """Whether ROOT is the manifest of a Pod."""
    fields = reader.fields(root)
    wanted = {"apiVersion": "v1", "kind": "Pod"}
    return all(name in fields and fields[name].value.text == text for name, text in wanted.items())


def find_wrong_kinds(reader: Reader, root: Node) -> Iterator[Finding]:
    """Give each pull secret of the template ROOT that is of a wrong kind."""
    secrets = _spec(reader, root).get("imagePullSecrets")
    if secrets is None or secrets.value.tag == "null":
        return
    if secrets.value.tag != "seq":
        yield _finding(reader, "AKP104", secrets.value, "imagePullSecrets is no list")
        return
    for item in secrets.value.children:
        if item.tag == "str":
            yield _finding(reader, "AKP103", item, "a pull secret is plain text in a list")


def _finding(reader: Reader, code: str, place: Node, what: str) -> Finding:
    message = f"{what}: the client of Kubernetes makes references without a name of it, and the secret is lost"
    span = reader.module.span(origin(reader.module, place).node)
    return places.finding(code, reader.module, span, message, "write imagePullSecrets: [{name: NAME}]")


def as_tasks(reader: Reader, root: Node) -> Iterator[Task]:
    """Give the containers of the template ROOT as if each were a task: for the rules on volumes and sizes alone."""
    spec = _spec(reader, root)
    volumes = {"volumes": Argument(reader.value(spec["volumes"].value), "call")} if "volumes" in spec else {}
    for kind in ("containers", "initContainers"):
        for container in spec[kind].value.children if kind in spec else ():
            fields = reader.fields(container)
            arguments = dict(volumes)
            if "resources" in fields:
                arguments["container_resources"] = Argument(reader.value(fields["resources"].value), "call")
            volumes = {}
            yield Task(
                reader.module,
                Operator("Pod", template=True),
                origin(reader.module, container).node,
                "",
                arguments,
                "the template is used by a task",
                Verdict("unknown"),
                closed_to_patch="it is written in YAML",
            )


def _spec(reader: Reader, root: Node) -> Mapping[str, Field]:
    spec = reader.fields(root).get("spec")
    return reader.fields(spec.value) if spec else {}
