"""The API reference: what FastAPI knows of the routes, plus who may call them and how errors look."""

from typing import Any

from fastapi.openapi.utils import get_openapi

from common.routing import Allow, ProblemDocument, Route, answers

SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `token` that POST /api/auth/login answers. Valid for 12 hours.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "The key of a SERVICE account (`sk_` and 49 characters).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "Set by POST /api/auth/login for browsers (`__Host-session` over HTTPS).",
    },
}


def document(name: str, description: str, routes: list[Any]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of one service, ready to be merged with the others."""
    shown = [route for route in routes if isinstance(route, Route) and route.include_in_schema]
    found = get_openapi(title=f"Ticketing: {name}", version="1.0.0", description=description, routes=shown)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"ProblemDocument": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for route in shown:
        guards = [guard for guard in route.guards if isinstance(guard, Allow)]
        for method in route.methods or ():
            operation = found["paths"][route.path_format][method.lower()]
            operation["operationId"] = route.name
            operation["summary"] = route.summary or route.name.replace("_", " ").capitalize()
            _describe(operation, guards)
    if any("security" in operation for path in found["paths"].values() for operation in path.values()):
        found["components"]["securitySchemes"] = SECURITY_SCHEMES
    return found


def _describe(operation: dict[str, Any], guards: list[Allow]) -> None:
    default = operation["responses"].get("422", {}).get("content", {}).get("application/json")
    if default is not None:
        del operation["responses"]["422"]
    _add_problems(operation, guards)
    if not guards:
        return
    operation["security"] = [{scheme: []} for scheme in SECURITY_SCHEMES]
    operation["x-roles"] = sorted(guards[0].roles)
    roles = ", ".join(sorted(guards[0].roles))
    operation["description"] = f"{operation.get('description', '')}\n\n**Roles**: {roles}".strip()


def _add_problems(operation: dict[str, Any], guards: list[Allow]) -> None:
    """What any operation with a caller, or with a body, can answer, as far as the route does not say it itself."""
    problems = [503]
    if guards:
        problems.append(401)
    if guards and not guards[0].may_owe_password_change:
        problems.append(403)
    if "requestBody" in operation:
        problems += [413, 422]
    for status, shown in answers(None, 0, *problems).items():
        if status:
            operation["responses"].setdefault(str(status), shown)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def merge(documents: list[dict[str, Any]], *, title: str, description: str) -> dict[str, Any]:
    """One document for the gateway. A path or schema that two services claim differently is an error."""
    merged: dict[str, Any] = {
        "openapi": documents[0]["openapi"],
        "info": {
            "title": title,
            "version": "1.0.0",
            "description": description,
        },
        "servers": [{"url": "/", "description": "This installation"}],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": SECURITY_SCHEMES},
    }
    for found in documents:
        _unite(merged["paths"], found["paths"])
        _unite(merged["components"]["schemas"], found["components"]["schemas"])
    merged["paths"] = dict(sorted(merged["paths"].items()))
    merged["components"]["schemas"] = dict(sorted(merged["components"]["schemas"].items()))
    return merged


def _unite(into: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        if into.setdefault(name, value) != value:
            raise ValueError(f"two services say different things of {name}")
