# MiniStack with some things as the real services have them: where a request comes from, conditions on partitions, on what
# a key is used for, on puts that may replace something and on who sends a mail, what a role's trust is asked, permissions
# boundaries, texts that conditions of templates take apart, and how long a step of a workflow waits.
import contextvars
import dataclasses
import json
from urllib.parse import parse_qs

from ministack.app import app as ministack
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam, stepfunctions, sts
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

FORWARDED = b"x-forwarded-for"


async def app(scope, receive, send):
    """API Gateway goes by the connection. MiniStack goes by the first address of a header that anybody may send."""
    if scope["type"] == "http":
        address = (scope.get("client") or ("127.0.0.1",))[0].encode()
        said = [value for name, value in scope["headers"] if name.lower() == FORWARDED]
        others = [(name, value) for name, value in scope["headers"] if name.lower() != FORWARDED]
        scope = {**scope, "headers": [*others, (FORWARDED, b", ".join([address, *said]))]}
    await ministack(scope, receive, send)


_context_of = iam_actions.dynamodb_service_context


def _with_leading_keys(body):
    """As DynamoDB tells IAM which partition a request for one item is about."""
    context = _context_of(body)
    request = json.loads(body or b"{}")
    item = request.get("Key") or request.get("Item") or {}
    partition = item.get("pk") or item.get("stream") or {}
    return {**context, "dynamodb:LeadingKeys": [partition["S"]]} if "S" in partition else context


iam_actions.dynamodb_service_context = _with_leading_keys


_tags_of = iam_actions.request_tag_context


def _with_use(service, iam_action, body, *arguments, **named):
    """As KMS tells IAM what is bound to a key's use."""
    context = _tags_of(service, iam_action, body, *arguments, **named)
    if service != "kms":
        return context
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return context
    bound = {f"kms:EncryptionContext:{name}": value for name, value in request.get("EncryptionContext", {}).items()}
    return {**context, **bound}


iam_actions.request_tag_context = _with_use


_of_objects = iam_actions.s3_service_context


def _with_precondition(iam_action, query_params, path="", headers=None):
    """As S3 tells IAM that a put replaces nothing."""
    context = _of_objects(iam_action, query_params, path, headers)
    said = next((value for name, value in (headers or {}).items() if name.lower() == "if-none-match"), None)
    return context if said is None else {**context, "s3:if-none-match": said}


iam_actions.s3_service_context = _with_precondition


_of_mail = iam_actions._ses_v2_resource_arn


def _of_sender(method, path, body, region, account):
    """Mail is sent by the identity that it is from."""
    if method == "POST" and path.rstrip("/").endswith("/outbound-emails"):
        return f"arn:aws:ses:{region}:{account}:identity/{json.loads(body or b'{}').get('FromEmailAddress', '')}"
    return _of_mail(method, path, body, region, account)


iam_actions._ses_v2_resource_arn = _of_sender


_task = stepfunctions._execute_task


def _task_in_time(state, given, *arguments):
    """MiniStack waits as long as a state says itself, and not as long as its input says."""
    path = state.get("TimeoutSecondsPath", "")
    if path.startswith("$."):
        seconds = given
        for name in path[2:].split("."):
            seconds = seconds[name]
        state = {**state, "TimeoutSeconds": seconds}
    return _task(state, given, *arguments)


stepfunctions._execute_task = _task_in_time


_sts_request = contextvars.ContextVar("sts_request", default={})
_handle_sts = sts.handle_request
_trusts = iam_evaluator.evaluate_trust_policy


async def _handle_noted(method, path, headers, body, query_params):
    """What a trust policy is asked beside what MiniStack tells it of the request."""
    said = {name: values[0] for name, values in parse_qs(body.decode("utf-8", errors="replace")).items()}
    token = _sts_request.set(said)
    try:
        return await _handle_sts(method, path, headers, body, query_params)
    finally:
        _sts_request.reset(token)


def _trusts_closely(document, caller_arn, context=None):
    """With the keys that AWS has for it; the caller's role by its ARN; and who names a source must be let do so."""
    if context is None:
        return _trusts(document, caller_arn, context)
    said = _sts_request.get()
    transitive = [value for name, value in said.items() if name.startswith("TransitiveTagKeys.member.")]
    role = iam._roles.get_scoped(
        context.principal_account, None, iam_evaluator._role_name_from_assumed_arn(caller_arn)
    )
    context = dataclasses.replace(
        context,
        principal_arn=(role or {}).get("Arn", context.principal_arn),
        service_context={
            **context.service_context,
            "sts:sourceidentity": said.get("SourceIdentity"),
            "sts:transitivetagkeys": transitive or None,
        },
    )
    if not _trusts(document, caller_arn, context):
        return False
    if context.action != "sts:AssumeRole" or "SourceIdentity" not in said:
        return True
    # The external id and the tags are keys of the other two actions only.
    naming = {"sts:sourceidentity": said["SourceIdentity"]}
    return _trusts(
        document,
        caller_arn,
        dataclasses.replace(
            context, action="sts:SetSourceIdentity", service_context=naming, request_tags={}, tag_keys=[]
        ),
    )


sts.handle_request = _handle_noted
iam_evaluator.evaluate_trust_policy = _trusts_closely


_enforce = iam_evaluator.enforce


def _enforce_bounded(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    """Whoever asks about a role is judged by the boundary that it carries; whoever sends mail, by its sender."""
    if service == "iam" and ":role/" in resource_arn:
        role = iam._roles.get(resource_arn.rsplit("/", 1)[-1]) or {}
        if role.get("PermissionsBoundary"):
            service_context = {**(service_context or {}), "iam:PermissionsBoundary": role["PermissionsBoundary"]}
    if iam_action == "ses:SendEmail":
        service_context = {**(service_context or {}), "ses:FromAddress": resource_arn.rsplit("/", 1)[-1]}
    return _enforce(access_key_id, iam_action, service, region, resource_arn, service_context)


iam_evaluator.enforce = _enforce_bounded


def _with_boundary(made_by):
    """CloudFormation gives a role its boundary, which MiniStack forgets."""

    def make(*arguments, **named):
        name, attributes = made_by(*arguments, **named)
        properties = next(one for one in reversed(arguments) if isinstance(one, dict))
        iam._roles[name]["PermissionsBoundary"] = properties.get("PermissionsBoundary")
        return name, attributes

    return make


_of_roles = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
for _step in ("create", "update"):
    _of_roles[_step] = _with_boundary(_of_roles[_step])


_conditions_of = engine._evaluate_conditions


def _taken_apart(value, parameters):
    if isinstance(value, list):
        return [_taken_apart(one, parameters) for one in value]
    if not isinstance(value, dict):
        return value
    if value == {"Ref": "AWS::AccountId"}:
        return get_account_id()
    if list(value) == ["Fn::Split"]:
        separator, text = value["Fn::Split"]
        if isinstance(text, dict) and text.get("Ref") in parameters:
            text = parameters[text["Ref"]]["Value"]
        return str(text).split(separator)
    return {name: _taken_apart(one, parameters) for name, one in value.items()}


def _conditions_with_splits(template, parameters):
    """CloudFormation knows Fn::Split in conditions, and whose account it is."""
    conditions = _taken_apart(template.get("Conditions", {}), parameters)
    return _conditions_of({**template, "Conditions": conditions}, parameters)


for _module in (changesets, engine, handlers, provisioners, stacks):
    if hasattr(_module, "_evaluate_conditions"):
        _module._evaluate_conditions = _conditions_with_splits
