# MiniStack with two things as the real services have them: where a request comes from, and conditions on partitions.
import json

from ministack.app import app as ministack
from ministack.core import iam_actions

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
