"""The direct way to an endpoint: what the framework finds out at each request is found out once, at the start.

The framework tries every route, walks the tree of dependencies, looks at the type of each parameter and opens three
stacks of contexts, for each request: half of what a read costs.  Here a request follows a plan made from what the
framework knows of the route; documents, validation and refusals stay the framework's.

(1) Whatever a plan cannot take as it is (no such path or method, a wrong value, a body that is not JSON) goes the
    framework's way from the beginning.  So dependencies only look: they may be asked twice.
(2) An endpoint has a plan if it and all that it depends on are coroutines, and it makes its own response.
(3) Routes are tried in the order of their registration; one without a plan keeps its place in it.
"""

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import isclass, iscoroutinefunction
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from fastapi import APIRouter
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import from_json
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Check: TypeAlias = Callable[[Request], Coroutine[Any, Any, None]]
"""What every request has to pass before its route's own dependencies."""

ROUTED_BY = 3
"""The parts of a path that routes are kept by: `/v1/projects/…` has nothing, `v1` and `projects`."""


class _NotDirect(Exception):
    """This request or this route goes the framework's way."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One parameter of a path, a query or a header."""

    name: str
    alias: str
    many: bool
    field: ModelField

    def read(self, given: Mapping[str, Any] | QueryParams | Headers) -> Any:
        value = given.getlist(self.alias) if self.many else given.get(self.alias)  # type: ignore[union-attr]  # a query
        if value is None or value == []:
            if self.field.field_info.is_required():
                raise _NotDirect
            return self.field.get_default()
        return _valid(self.field, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One call: a dependency's or, the last one, the endpoint's."""

    call: Callable[..., Coroutine[Any, Any, Any]]
    needs: Sequence[tuple[str, int]]
    path: Sequence[_Parameter]
    query: Sequence[_Parameter]
    headers: Sequence[_Parameter]
    request: str | None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """The calls that answer a request, in their order, each with the numbers of those it needs."""

    steps: Sequence[_Step]
    body: ModelField | None

    async def answer(self, request: Request) -> Response:
        body = None if self.body is None else _body(self.body, request, await request.body())
        made: list[Any] = []
        for step in self.steps:
            given = {name: made[number] for name, number in step.needs}
            for parameter in step.path:
                given[parameter.name] = parameter.read(request.path_params)
            for parameter in step.query:
                given[parameter.name] = parameter.read(request.query_params)
            for parameter in step.headers:
                given[parameter.name] = parameter.read(request.headers)
            if step.request is not None:
                given[step.request] = request
            if step.body is not None:
                given[step.body] = body
            made.append(await step.call(**given))
        response: Response = made[-1]
        return response


class Direct:
    """Wraps an application; what it cannot answer by a plan, the application answers."""

    def __init__(
        self,
        app: ASGIApp,
        routers: Sequence[APIRouter],
        *,
        check: Check,
        handlers: Mapping[Any, Callable[[Request, Any], Any]],
    ) -> None:
        self._app = app
        self._handlers = handlers
        self._check = check
        self._routes: dict[tuple[str, ...], list[tuple[APIRoute, _Plan | None]]] = {}
        for route in (route for router in routers for route in router.routes if isinstance(route, APIRoute)):
            for method in route.methods or ():
                self._routes.setdefault(_key(method, route.path), []).append((route, _plan(route)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plan = self._find(scope) if scope["type"] == "http" else None
        if plan is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(plan, request)
        except _NotDirect:
            await self._app(scope, _heard_again(request, receive), send)
            return
        await self._respond(response, request, send)

    async def _respond(self, response: Response, request: Request, send: Send) -> None:
        """Send a response; what it refuses before it has begun (a stream too many) is a refusal like any other."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await response(request.scope, request.receive, noting)
        except Exception as error:
            refusal = None if begun else await self._refusal(request, error)
            if refusal is None:
                raise
            await refusal(request.scope, request.receive, send)

    def _find(self, scope: Scope) -> _Plan | None:
        """Find the route as the framework would; its plan, if it has one."""
        path = scope["path"]
        for route, plan in self._routes.get(_key(scope["method"], path), ()):
            if found := route.path_regex.match(path):
                if plan is not None:
                    scope["route"], scope["path_params"] = route, found.groupdict()
                return plan
        return None

    async def _answer(self, plan: _Plan, request: Request) -> Response:
        try:
            await self._check(request)
            return await plan.answer(request)
        except _NotDirect:
            raise
        except Exception as error:
            if (refusal := await self._refusal(request, error)) is not None:
                return refusal
            raise

    async def _refusal(self, request: Request, error: Exception) -> Response | None:
        """Say an error as the handler of its kind says it; None: nobody expects it."""
        for kind in type(error).__mro__:
            if (handler := self._handlers.get(kind)) is not None:
                response: Response = await handler(request, error)
                return response
        return None


def _key(method: str, path: str) -> tuple[str, ...]:
    """Say under what a route is kept, and where a request looks for its route."""
    parts = path.split("/")
    return method, str(len(parts)), *parts[:ROUTED_BY]


def _valid(field: ModelField, value: object) -> Any:
    valid, errors = field.validate(value)
    if errors:
        raise _NotDirect
    return valid


def _body(field: ModelField, request: Request, body: bytes) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body or kind != "application/json":
        raise _NotDirect
    try:
        return _valid(field, from_json(body))
    except ValueError as error:
        raise _NotDirect from error


def _heard_again(request: Request, receive: Receive) -> Receive:
    """Give the framework a body that was read for the plan, and then whatever comes."""
    read = getattr(request, "_body", None)
    if read is None:
        return receive
    messages: Iterator[Message] = iter([{"type": "http.request", "body": read, "more_body": False}])

    async def heard() -> Message:
        return next(messages, None) or await receive()

    return heard


# ------------------------------------------------------------------------------------------------------ planning


def _plan(route: APIRoute) -> _Plan | None:
    made = get_type_hints(route.endpoint).get("return")
    bodies = route.dependant.body_params
    if not (isclass(made) and issubclass(made, Response)) or bodies not in ([], [route.body_field]):
        return None
    steps: list[_Step] = []
    try:
        _take(route.dependant, steps)
    except _NotDirect:
        return None
    if bodies:
        steps[-1] = replace(steps[-1], body=bodies[0].name)
    return _Plan(steps, route.body_field)


def _take(dependant: Dependant, steps: list[_Step]) -> int:
    """Put a call into the plan behind those it needs, once; give its number."""
    call = dependant.call
    if call is None or not iscoroutinefunction(call) or _asks_more(dependant):
        raise _NotDirect
    known = [number for number, step in enumerate(steps) if step.call is call]
    if known and dependant.use_cache:
        return known[0]
    needs = [(one.name or "", _take(one, steps)) for one in dependant.dependencies]
    steps.append(
        _Step(
            call=call,
            needs=needs,
            path=_parameters(dependant.path_params),
            query=_parameters(dependant.query_params),
            headers=_parameters(dependant.header_params),
            request=dependant.request_param_name,
        )
    )
    return len(steps) - 1


def _asks_more(dependant: Dependant) -> bool:
    """Whether a call asks for something that plans do not give."""
    asked = (
        dependant.cookie_params,
        dependant.websocket_param_name,
        dependant.http_connection_param_name,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        dependant.security_scopes_param_name,
        dependant.concurrency,
        any(one.body_params or one.name is None for one in dependant.dependencies),
    )
    return any(asked)


def _parameters(fields: Sequence[ModelField]) -> Sequence[_Parameter]:
    return [_parameter(field) for field in fields]


def _parameter(field: ModelField) -> _Parameter:
    info = field.field_info
    kinds = {get_origin(kind) or kind for kind in (info.annotation, *get_args(info.annotation))}
    if info.validate_default or any(isclass(kind) and issubclass(kind, BaseModel) for kind in kinds):
        raise _NotDirect
    return _Parameter(field.name, field.alias, not kinds.isdisjoint((list, set, tuple, frozenset)), field)
