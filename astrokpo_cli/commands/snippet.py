"""`astrokpo snippet`: the DAG code of Step 2."""

from typing import Annotated

import typer

from astrokpo_cli.commands.options import Json, output_of
from astrokpo_cli.commands.settings import find_settings, pull_secret_name, versions_of
from astrokpo_cli.dags.snippet import Form, Snippet, parse_label, render, unused_fields
from astrokpo_cli.dags.versions import snippet_airflow
from astrokpo_cli.images import parse_image
from astrokpo_cli.output import Output
from astrokpo_cli.project.config import VARIABLES, Settings

_FLAGS = {
    "image": "--image",
    "task_id": "--task-id",
    "pod_name": "--pod-name",
    "cmds": "--cmd",
    "arguments": "--argument",
    "labels": "--label",
}


def run(
    ctx: typer.Context,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            metavar="NAME",
            help=f"The pull secret's name, as support gave it; repeatable [env: {VARIABLES['secret']}].",
        ),
    ] = None,
    image: Annotated[str | None, typer.Option("--image", metavar="REF", help="The image to run.")] = None,
    task_id: Annotated[str | None, typer.Option("--task-id", metavar="ID", help="The task's id.")] = None,
    pod_name: Annotated[str | None, typer.Option("--pod-name", metavar="NAME", help="The pod's name.")] = None,
    cmd: Annotated[
        list[str] | None, typer.Option("--cmd", metavar="WORD", help="A word of the container's command; repeatable.")
    ] = None,
    argument: Annotated[
        list[str] | None, typer.Option("--argument", metavar="WORD", help="An argument of it; repeatable.")
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", metavar="K=V", help="A label of the pod; repeatable.")
    ] = None,
    cpu: Annotated[
        str | None, typer.Option("--cpu", metavar="QUANTITY", help="CPU that the pod gets, such as 0.5 or 500m.")
    ] = None,
    memory: Annotated[
        str | None, typer.Option("--memory", metavar="QUANTITY", help="Memory that the pod gets, such as 2Gi.")
    ] = None,
    airflow: Annotated[
        str | None,
        typer.Option(
            "--airflow",
            metavar="VERSION",
            help="The Airflow it is for, such as 2.11 or 3.1; any works in all"
            f" [env: {VARIABLES['airflow']}; default: the project's, else any].",
            show_default=False,
        ),
    ] = None,
    form: Annotated[Form, typer.Option("--form", help="What to print.")] = Form.TASK,
    json: Json = False,
) -> None:
    """Print the DAG code that runs an image with a pull secret.

    Without options it is the documented form with its placeholders; what you name, or astrokpo.toml does, is filled
    in. It is always valid Python, and runs as it is in the Airflow that --airflow names.

    \b
    Example:
      astrokpo snippet --image ghcr.io/acme/etl:1.4 --secret ghcr-io-pull
    """
    out = output_of(ctx, json=json)
    settings = find_settings()
    snippet = Snippet(
        form=form,
        airflow=snippet_airflow(versions_of(out, settings, airflow)),
        secrets=tuple(secret or ()) or _secrets_of_project(out, settings, image),
        image=image,
        task_id=task_id,
        pod_name=pod_name,
        cmds=tuple(cmd or ()),
        arguments=tuple(argument or ()),
        labels=tuple(parse_label(text) for text in label or ()),
        cpu=cpu,
        memory=memory,
    )
    code = render(snippet)
    for field in unused_fields(snippet):
        out.warn(f"{_FLAGS[field]} has no place in the form {form.value}")
    if json:
        out.document({"form": form.value, "airflow": snippet.airflow.value, "code": code})
    else:
        out.code(code)


def _secrets_of_project(out: Output, settings: Settings, image: str | None) -> tuple[str, ...]:
    images = [parse_image(image).name] if image is not None else []
    secret = pull_secret_name(out, settings, images=images)
    return (secret,) if secret is not None else ()
