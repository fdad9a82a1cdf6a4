"""SORACOM's published OpenAPI document as a witness: every request to the simulator and every answer is held to it.

The document is no part of this project; `SORACOM_OPENAPI` names it. The sandbox's own, beside it, counts too.
"""

import json
import os
import re
from pathlib import Path
from urllib.parse import parse_qsl

import jsonschema
import yaml

PLACE = os.environ.get("SORACOM_OPENAPI", "")
ABSENT = "SORACOM_OPENAPI does not name SORACOM's OpenAPI document"
SAID_ELSEWHERE = {400, 401, 403, 404, 429, 500, 503}
"""Statuses that the developers' pages tell for every call, and the document only for some."""
SEEN_ONLY = {
    *("ipAddress", "createdAt", "lastModifiedAt", "localInfo", "packetCaptureSessions", "lastPortMappingCreatedTime"),
    *("presetSecondary", "ipProhibited", "mtSmsProhibited", "moSmsProhibited", "ussdProhibited", "registeredTime"),
    *("satelliteStatus", "profileSlots", "plmn", "cell", "placement", "location", "sessionId", "operatorId"),
}
"""Members of real answers, or invented on purpose, that the document does not have."""


class Witness:
    """Holds exchanges to the documents, and keeps what is wrong."""

    def __init__(self, *paths):
        self.documents = [_Document(path) for path in paths]
        self.wrong = []
        self.seen = set()

    def __call__(self, request, response):
        document, operation, name = self._operation(request)
        if document is None:
            if response.status != 404:
                self.wrong.append(f"{request.method} {request.path}: not in the document, answered {response.status}")
            return
        self.seen.add(name)
        is_right = response.status < 400
        message = [
            *(document.wrong_request(operation, request) if is_right else ()),
            *document.wrong_answer(operation, response),
        ]
        self.wrong += [f"{name}: {one}" for one in message]

    def _operation(self, request):
        path = request.path.partition("?")[0].removeprefix("/v1")
        for document in self.documents:
            found = document.find(request.method, path)
            if found:
                return document, *found
        return None, None, None


def witness():
    """One that looks at the documents that are there; None where they are not."""
    if not PLACE:
        return None
    main = Path(PLACE)
    sandbox = main.with_name(main.name.replace("soracom-api", "soracom-sandbox-api"))
    return Witness(*_loaded(main), *(_loaded(sandbox) if sandbox.exists() and sandbox != main else ()))


_LOADED = {}


def _loaded(path):
    if path not in _LOADED:
        _LOADED[path] = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        _nullable(_LOADED[path])
        _text_headers(_LOADED[path])
    return [_LOADED[path]]


def _nullable(node):
    """OpenAPI 3.0 says `nullable`, JSON Schema says a type of `null`; and true and false as texts lack their quotes."""
    if isinstance(node, dict):
        if node.get("type") == "string" and node.get("enum") == [True, False]:
            node["enum"] = ["true", "false"]
        if node.get("nullable") is True and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
            if "enum" in node:
                node["enum"] = [*node["enum"], None]
        for value in node.values():
            _nullable(value)
    elif isinstance(node, list):
        for value in node:
            _nullable(value)


def _text_headers(loaded):
    """Headers of a web request: an object by type, and a text with an escaped object by description and example."""
    action = loaded["components"]["schemas"].get("ActionConfigProperty")
    if action:
        action["properties"]["headers"]["type"] = ["object", "string"]


class _Document:
    def __init__(self, loaded):
        self.loaded = loaded
        self.validators = {}
        ordered = sorted(loaded["paths"].items(), key=lambda item: item[0].count("{"))
        self.paths = {}
        for path, operations in ordered:
            pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
            self.paths.setdefault(path.count("/"), []).append((pattern, operations))

    def find(self, method, path):
        for pattern, operations in self.paths.get(path.count("/"), ()):
            if method.lower() in operations and pattern.fullmatch(path):
                operation = operations[method.lower()]
                return operation, f"{operation['tags'][0]}:{operation['operationId']}"
        return None

    def wrong_request(self, operation, request):
        asked = dict(parse_qsl(request.path.partition("?")[2], keep_blank_values=True))
        declared = [self._resolved(one) for one in operation.get("parameters", ())]
        known = {one["name"]: one for one in declared if one["in"] == "query"}
        yield from (f"asked for {name}, which is no parameter" for name in asked.keys() - known.keys())
        yield from (f"{name} is needed" for name, one in known.items() if one.get("required") and name not in asked)
        for name in asked.keys() & known.keys():
            yield from self._wrong(known[name]["schema"], _typed(asked[name], known[name]["schema"]), name)
        body = self._resolved(operation.get("requestBody", {}))
        schema = body.get("content", {}).get("application/json", {}).get("schema")
        if schema is not None and request.body:
            yield from self._wrong(schema, json.loads(request.body), "request", strict=True)
        elif request.body not in {b"", b"{}"} and schema is None:
            yield f"no body is known, and {request.body[:60]!r} was sent"
        elif body.get("required") and not request.body:
            yield "a body is needed"

    def wrong_answer(self, operation, response):
        answers = {str(status): self._resolved(answer) for status, answer in operation["responses"].items()}
        answer = answers.get(str(response.status))
        if response.status >= 400:
            if answer is None and response.status not in SAID_ELSEWHERE:
                yield f"{response.status} is no answer of it"
            error = json.loads(response.body)
            if not isinstance(error.get("code"), str) or not isinstance(error.get("message"), str):
                yield f"{response.status} without code and message: {error}"
            return
        if answer is None:
            yield f"answered {response.status}, known are {sorted(answers)}"
            return
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if schema is not None and response.status != 204:
            value = json.loads(response.body or b"null")
            yield from self._wrong(schema, value, str(response.status), strict=True)
        elif response.body and not answer.get("content"):
            yield f"{response.status} has no body, and {response.body[:60]!r} was sent"

    def _wrong(self, schema, value, where, *, strict=False):
        if id(schema) not in self.validators:
            whole = {"allOf": [schema], "components": self.loaded.get("components", {})}
            self.validators[id(schema)] = jsonschema.Draft4Validator(whole)
        for error in self.validators[id(schema)].iter_errors(value):
            yield f"{where} at {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        if strict:
            yield from (f"{where} at {place}: not in the document" for place in self._unknown(schema, value, ""))

    def _unknown(self, schema, value, place):
        schema = self._resolved(schema)
        if isinstance(value, list):
            for one in value:
                yield from self._unknown(schema.get("items", {}), one, place + "/*")
        elif isinstance(value, dict) and schema.get("properties") and not schema.get("additionalProperties"):
            for name, inner in value.items():
                if name in schema["properties"]:
                    yield from self._unknown(schema["properties"][name], inner, f"{place}/{name}")
                elif name not in SEEN_ONLY:
                    yield f"{place}/{name}"

    def _resolved(self, node):
        while "$ref" in node:
            found = self.loaded
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node


def _typed(text, schema):
    kind = schema.get("type")
    if kind in {"integer", "number"}:
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if kind == "array":
        return text.split("|")
    return text == "true" if kind == "boolean" and text in {"true", "false"} else text
