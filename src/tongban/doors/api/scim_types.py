"""What SCIM tells of an official (人事接口的结构): the part of its core user that the platform keeps, and no more.

Source: RFC 7643. What a personnel system sends beyond this (addresses, telephones, pictures) is read and not kept.
"""

from typing import Annotated, Any, Final

from scim2_models import (
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Meta,
    Mutability,
    Patch,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.urn import URN

from tongban.people.identity.queries import StaffView
from tongban.people.identity.rules import ROLE_LABELS

MOST_RESULTS: Final = 200  # [O] of one answer


class StaffPost(ComplexAttribute):
    """A post (岗位) that an official holds today in the organ that keeps her."""

    value: Annotated[str | None, Mutability.read_only] = None
    display: Annotated[str | None, Mutability.read_only] = None


class User(Resource[Any]):
    """Official (工作人员), as SCIM tells of her. Posts are given by the organ, so they can be read and not written."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    display_name: Annotated[str | None, Required.true] = None
    active: Annotated[bool | None, Required.true] = None
    password: Annotated[str | None, Mutability.write_only, Returned.never] = None
    roles: Annotated[list[StaffPost] | None, Mutability.read_only] = None


class PostMember(ComplexAttribute):
    """A member (岗位成员): who holds the post today."""

    value: Annotated[str | None, Mutability.immutable, Required.true] = None
    display: Annotated[str | None, Mutability.read_only] = None


class Group(Resource[AnyExtension]):
    """Post (岗位) of the organ, as SCIM tells of it: one group for each role. A membership changes by a proposal that a second person approves."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Mutability.read_only] = None
    members: list[PostMember] | None = None


class ProposedMember(ComplexAttribute):
    """A change of a membership that waits (待批任免): ``kind`` is appoint or dismiss."""

    value: Annotated[str | None, Mutability.read_only] = None
    display: Annotated[str | None, Mutability.read_only] = None
    kind: Annotated[str | None, Mutability.read_only] = None


class Proposals(Extension):
    """What waits for a second person (待批任免) in a post."""

    __schema__ = URN("urn:tongban:params:scim:schemas:extension:1.0:Proposals")

    proposed: Annotated[list[ProposedMember] | None, Mutability.read_only] = None


def user_of(member: StaffView, address: str) -> User:
    """An official as SCIM tells of her (转换)."""
    return User(
        id=str(member.id),
        external_id=member.number or None,
        user_name=member.login,
        display_name=member.name,
        active=member.active,
        roles=[StaffPost(value=role.value, display=str(ROLE_LABELS[role])) for role in member.roles] or None,
        meta=Meta(
            resource_type="User",
            created=member.added_at,
            last_modified=member.changed_at,
            location=f"{address}/{member.id}",
            version=etag(member.version),
        ),
    )


def etag(version: int) -> str:
    """The version as HTTP tells it (版本标记)."""
    return f'W/"{version}"'


PROVIDER: Final = ScimProvider(
    models=[User, Group, Proposals],
    resource_types=[ResourceType.from_resource(User), ResourceType.from_resource(Group[Proposals])],
    config=ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer token",
                description="A token of the personnel system's account.",
                primary=True,
            )
        ],
    ),
    policy=ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    ),
)
