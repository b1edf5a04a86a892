"""The manifest of a Secret as kubectl and the API server read it, and what strangers put into one.

The answers were taken from their own decoders (sigs.k8s.io/yaml with goyaml v2, sigs.k8s.io/json, encoding/json). Two
are ours: a merge key and !!binary are refused.
"""

from __future__ import annotations

import base64
import json
import time
from contextlib import suppress

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokpo_cli.errors import InvalidValue
from astrokpo_cli.manifest import MAX_MANIFEST, PullSecretData, parse_secret
from astrokpo_cli.pullsecret import MAX_DATA
from tests.given import PASSWORD, holds

HEAD = "apiVersion: v1\nkind: Secret\n"
YAML_VALUES: dict[str, tuple[str, bytes]] = {
    "base64": ("aGk=", b"hi"),
    "quoted once": ("'aGk='", b"hi"),
    "quoted twice": (r'"aGk\u003d"', b"hi"),
    "a block": ("|\n    aGkg\n    aGk=\n", b"hi hi"),
    "a folded block without line ends": (">-\n    aGkgaGk=\n", b"hi hi"),
    "line ends within": (r'"aG\nk\r\n=\n"', b"hi"),
    "spare bits": ("aGl=", b"hi"),
    "nothing": ("", b""),
    "null": ("null", b""),
    "an empty text": ('""', b""),
    "digits in quotes": ("'12345678'", bytes.fromhex("d76df8e7aefc")),
    "digits with a tag": ("!!str 12345678", bytes.fromhex("d76df8e7aefc")),
    "what YAML 1.2 would take for a number": ("0o88", bytes.fromhex("d28f3c")),
}
NOT_BASE64: dict[str, str] = {
    "no padding": "aGk",
    "one sign of two": "YQ=",
    "too much padding": "aGk==",
    "text after padding": "YQ==YQ==",
    "padding alone": "====",
    "a blank within": "aG k=",
    "a blank after": "'aGk= '",
    "the URL alphabet": "_-__",
    "not ASCII": "é===",
    "a full stop": "....",
}
NOT_TEXT: dict[str, str] = {
    "a number": "12345678",
    "a number with a sign": "-1",
    "a number with a point": ".5",
    "a number with an exponent": "1e10",
    "a number with zeros before": "0999",
    "a hexadecimal number": "0x1F",
    "a binary number": "0b11",
    "an octal number": "0o17",
    "a number with underscores": "1_000",
    "infinity": ".inf",
    "true": "true",
    "yes": "yes",
    "off": "Off",
    "a list": "[YQ==]",
    "a mapping": "{YQ==: YQ==}",
    "binary, which kubectl would decode twice": "!!binary aGk=",
}
TEXT_OF_PEOPLE: dict[str, str] = {
    "a date": "2026-11-29",
    "an instant": "2026-11-29T08:00:00Z",
    "a time": "12:30",
    "a sign": "+",
    "an equals sign": "=",
    "what is no octal number": "0o8x",
    "a word": "Secret",
    "not ASCII": "Grüße",
}
DOCUMENTS: dict[str, str] = {
    "YAML": f"{HEAD}metadata: {{name: pull, namespace: acme}}\ntype: T\ndata: {{a: aGk=}}\n",
    "YAML in another order": f"data:\n  a: aGk=\ntype: T\nmetadata:\n  namespace: acme\n  name: pull\n{HEAD}",
    "YAML after a mark": f"---\n{HEAD}metadata: {{name: pull, namespace: acme}}\ntype: T\ndata: {{a: aGk=}}\n",
    "YAML before a mark": f"{HEAD}metadata: {{name: pull, namespace: acme}}\ntype: T\ndata: {{a: aGk=}}\n---\n",
    "YAML between comments": f"# one\n---\n{HEAD}type: T # x\nmetadata: {{name: pull, namespace: acme}}\n"
    "data: {a: aGk=}\n---\n# end\n",
    "YAML with CRLF": f"{HEAD}metadata: {{name: pull, namespace: acme}}\ntype: T\ndata:\n  a: aGk=\n".replace(
        "\n", "\r\n"
    ),
    "YAML in braces after a mark": "---\n{apiVersion: v1, kind: Secret, type: T, "
    "metadata: {name: pull, namespace: acme}, data: {a: aGk=}}",
    "YAML with an anchor": f"{HEAD}metadata: &m {{name: pull, namespace: acme}}\nx: *m\ntype: T\n"
    "y: &d {a: aGk=}\ndata: *d\n",
    "fields of no interest": f"{HEAD}metadata: {{name: pull, namespace: acme, labels: {{}}, uid: 1}}\ntype: T\n"
    "immutable: true\nstatus: [1, {}]\nDATA: {b: aGk=}\ndata: {a: aGk=}\n",
    "a field twice: the last counts": f"{HEAD}metadata: {{name: pull, namespace: acme}}\ntype: T\n"
    "data: {b: aGk=}\ndata: {a: aGk=}\n",
    "JSON": '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull", "namespace": "acme"}, "type": "T", '
    '"data": {"a": "aGk="}}',
    "JSON with blanks around it": '\n {"apiVersion":"v1","kind":"Secret","metadata":{"name":"pull","namespace":"acme"},'
    '"type":"T","data":{"a":"aG\\u006b="},"x":123456789012345678901234567890}\n\n',
    "JSON twice the same field": '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"pull","namespace":"acme"},'
    '"type":"T","data":{"b":"aGk="},"data":{"a":"aGk="}}',
}
NO_SECRET: dict[str, tuple[str, str]] = {
    "nothing": ("", "is empty"),
    "a mark": ("---\n", "is empty"),
    "a comment": ("# a secret\n", "is empty"),
    "a word": ("Secret", "is no object"),
    "a list": ("- a\n- b\n", "is no object"),
    "no kind": ("{}", 'apiVersion none and kind none, not "v1" and "Secret"'),
    "another kind": ("apiVersion: v1\nkind: ConfigMap\n", 'kind "ConfigMap"'),
    "the kind in lower case": ("apiVersion: v1\nkind: secret\n", 'kind "secret"'),
    "another version": ("apiVersion: v2\nkind: Secret\n", 'apiVersion "v2"'),
    "a version that is a number": ("apiVersion: 1\nkind: Secret\n", "apiVersion no text"),
    "a list of objects": (
        f"apiVersion: v1\nkind: List\nitems:\n- {HEAD[:-1].replace(chr(10), chr(10) + '  ')}\n",
        "List",
    ),
    "two documents": (f"{HEAD}---\n{HEAD}", "has 2 documents, not one"),
    "two documents of JSON": ('{"apiVersion":"v1","kind":"Secret"}\n' * 2, "has more text after its object, in line 2"),
    "YAML in braces": ("{apiVersion: v1, kind: Secret}", "is not JSON, in line 1"),
    "JSON before a mark": ('{"apiVersion":"v1","kind":"Secret"}\n---\n', "has more text after its object"),
    "no number": ('{"apiVersion":"v1","kind":"Secret","x":NaN}', "is not JSON"),
    "data that is text": (f"{HEAD}data: aGk=\n", "has a data that is no mapping"),
    "data that is a list": (f"{HEAD}data: []\n", "has a data that is no mapping"),
    "metadata that is text": (f"{HEAD}metadata: pull\n", "has a metadata that is no mapping"),
    "a type that is a number": (f"{HEAD}type: 1\n", "no text: type"),
    "a name that is a number": (f"{HEAD}metadata: {{name: 1}}\n", "no text: metadata.name"),
    "a value of JSON that is a number": (
        '{"apiVersion":"v1","kind":"Secret","data":{"a":1}}',
        'no text: data, "a"',
    ),
    "a merge key": (f"x: &x {{a: aGk=}}\n{HEAD}data:\n  <<: *x\n", "has a merge key (<<), which is not followed here"),
    "an alias of nothing": (f"{HEAD}data: *x\n", "alias without an anchor"),
    "a key that is a list": (f"{HEAD}? [a]\n: b\n", "has a key that is no text"),
    "broken YAML": (f"{HEAD}data: {{a: b\n", "is not YAML"),
    "broken JSON": ('{"apiVersion":"v1","kind":"Secret"', "is not JSON, in line 1"),
    "an age file": ("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n", "no object"),
}
BOMBS: dict[str, bytes] = {
    "JSON nested deeply": b'{"apiVersion":"v1","kind":"Secret","x":' + b"[" * 1_500_000 + b"]" * 1_500_000 + b"}",
    "lists nested deeply": f"{HEAD}x: ".encode() + b"[" * 3_000_000,
    "mappings nested deeply": f"{HEAD}x: ".encode() + b"{a: " * 700_000,
    "dashes": f"{HEAD}x:\n ".encode() + b"- " * 1_500_000,
    "a million values": f"{HEAD}x: [".encode() + b"a," * 1_500_000 + b"]",
    "a million documents": HEAD.encode() + b"---\n" * 700_000,
    "aliases of aliases": (
        f"{HEAD}a0: &a0 [x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 40))
        + "data: *a39\n"
    ).encode(),
    "merges of merges": (
        f"{HEAD}a0: &a0 {{x: y}}\n"
        + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40))
        + "data: *a39\n"
    ).encode(),
    "itself": f"{HEAD}data: &a {{x: *a}}\n".encode(),
    "more than a server takes": HEAD.encode() + b"#" * MAX_MANIFEST,
    "more data than a Secret holds": f"{HEAD}data: {{a: {'QUFB' * (MAX_DATA // 3 + 1)}}}".encode(),
}


def cases(table: dict[str, object]) -> list[object]:
    return [pytest.param(*(case if isinstance(case, tuple) else (case,)), id=name) for name, case in table.items()]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_each_form_of_a_secret_is_read(document: str) -> None:
    assert parse_secret(document.encode()) == PullSecretData("T", {"a": b"hi"}, "acme/pull")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_may_begin_with_a_byte_order_mark(encoding: str) -> None:
    assert parse_secret(DOCUMENTS["YAML"].encode(encoding)).data == {"a": b"hi"}
    assert parse_secret(DOCUMENTS["JSON"].encode(encoding)).data == {"a": b"hi"}


@pytest.mark.parametrize(("written", "value"), cases({**YAML_VALUES}))
def test_a_value_of_data_is_what_go_decodes(written: str, value: bytes) -> None:
    assert parse_secret(f"{HEAD}data:\n  .dockerconfigjson: {written}\n".encode()).data == {".dockerconfigjson": value}


@pytest.mark.parametrize("written", cases({**NOT_BASE64}))
def test_a_value_that_go_does_not_decode_is_refused_by_its_place(written: str) -> None:
    with pytest.raises(InvalidValue, match=r'not base64: data, "\.dockerconfigjson"'):
        parse_secret(f"{HEAD}data:\n  .dockerconfigjson: {written}\n".encode())


@pytest.mark.parametrize("written", cases({**NOT_TEXT}))
@pytest.mark.parametrize("field", ["data", "stringData"])
def test_a_value_that_is_no_text_is_refused(field: str, written: str) -> None:
    with pytest.raises(InvalidValue, match=f'no text: {field}, "a"'):
        parse_secret(f"{HEAD}{field}:\n  a: {written}\n".encode())


@pytest.mark.parametrize("written", cases({**TEXT_OF_PEOPLE}))
def test_text_without_quotes_is_text_where_kubectl_takes_it_for_text(written: str) -> None:
    secret = parse_secret(f"{HEAD}stringData:\n  a: {written}\nmetadata: {{name: {written}}}\n".encode())
    assert secret == PullSecretData("Opaque", {"a": written.encode()}, written)


def test_string_data_goes_over_data() -> None:
    secret = parse_secret(f"{HEAD}stringData: {{a: new, c: null}}\ndata: {{a: b2xk, b: aGk=, c: aGk=}}\n".encode())
    assert secret.data == {"a": b"new", "b": b"hi", "c": b""}


@pytest.mark.parametrize("written", ["", "type: null\n", "type: ''\n"])
def test_a_secret_without_a_type_is_opaque(written: str) -> None:
    assert parse_secret(f"{HEAD}{written}data: null\nmetadata: null\n".encode()) == PullSecretData("Opaque", {}, "")


def test_a_secret_without_a_namespace_is_called_by_its_name() -> None:
    assert parse_secret(f"{HEAD}metadata: {{name: pull}}\n".encode()).name == "pull"
    assert parse_secret(f"{HEAD}metadata: {{namespace: acme}}\n".encode()).name == ""


def test_json_takes_what_is_no_character_as_go_does() -> None:
    document = b'{"apiVersion":"v1","kind":"Secret","stringData":{"a":"\xff\\ud800","b":"\\ud83d\\ude00"}}'
    assert parse_secret(document).data == {"a": "\ufffd\ufffd".encode(), "b": "😀".encode()}


def test_yaml_must_be_utf_8() -> None:
    with pytest.raises(InvalidValue, match="is not YAML"):
        parse_secret(HEAD.encode() + b"stringData: {a: \xff}\n")


@pytest.mark.parametrize(("document", "message"), cases({**NO_SECRET}))
def test_what_is_no_secret_is_refused(document: str, message: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_secret(document.encode())
    assert message in refused.value.message
    assert "kubectl get secret" in refused.value.hint


@pytest.mark.parametrize("document", BOMBS.values(), ids=BOMBS)
def test_a_file_that_grows_is_refused_in_time(document: bytes) -> None:
    began = time.process_time()
    with pytest.raises(InvalidValue):
        parse_secret(document)
    # With libyaml half a second is the most that was seen, without it six.
    assert time.process_time() - began < 30


@pytest.mark.parametrize(
    "document",
    [
        f"{HEAD}data: {{.dockerconfigjson: {PASSWORD}}}\n",
        f"{HEAD}data: {PASSWORD}\n",
        f"{HEAD}data: [{PASSWORD}]\n",
        f"{HEAD}data: *{PASSWORD}\n",
        f"{HEAD}data: {{a: !{PASSWORD} [x]}}\n",
        f"{HEAD}data:\n  a: '{PASSWORD}\n",
        f"{HEAD}data:\n{PASSWORD}: {{\n",
        f"{HEAD}\t{PASSWORD}\n",
        f'{{"kind": "Secret", "data": {{"a": "{PASSWORD}}}',
        f"%{PASSWORD}\n",
        base64.b64encode(PASSWORD.encode()).decode(),
    ],
)
def test_a_refusal_holds_no_content(document: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_secret(document.encode())
    assert not holds(refused.value.message + refused.value.hint)
    assert refused.value.__suppress_context__


DATA_KEYS = st.text("abcY0189-._", min_size=1, max_size=12)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(DATA_KEYS, st.binary(max_size=60), max_size=4), st.data())
def test_what_kubernetes_writes_is_read_back(values: dict[str, bytes], drawn: st.DataObject) -> None:
    data = {key: base64.b64encode(value).decode() for key, value in values.items()}
    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull"}, "type": "T", "data": data}
    written = drawn.draw(
        st.sampled_from(
            [
                json.dumps(manifest),
                json.dumps(manifest, ensure_ascii=False, indent=2),
                yaml.safe_dump(manifest),
                yaml.safe_dump(manifest, allow_unicode=True, explicit_start=True, default_flow_style=True),
            ]
        )
    )
    assert parse_secret(written.encode()) == PullSecretData("T", values, "pull")


@settings(deadline=None, max_examples=500)
@given(st.binary(max_size=400) | st.binary(max_size=60).map(HEAD.encode().__add__))
def test_any_bytes_are_a_secret_or_refused(document: bytes) -> None:
    with suppress(InvalidValue):
        parse_secret(document)
