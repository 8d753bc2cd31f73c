"""Materials as fields of a page (上传呈现): what the part ``file`` draws, for whoever hands them in and whoever takes them in."""

from collections.abc import Mapping, Sequence
from typing import Any

from tongban.base.files.rules import EXTENSIONS, kind_names
from tongban.offers.catalogue.rules.guide import Material, Requirement
from tongban.records.materials.rules import LARGEST_BYTES
from tongban.standards.text import Message, msg

_FILE = "m_"  # before the key of a material, so that it collides with nothing else in a page


def material_name(key: str) -> str:
    """Name of a guide's material in a page (材料名)."""
    return _FILE + key


ACCEPT = ",".join(f".{ending}" for endings in EXTENSIONS.values() for ending in endings)
ALLOWED = Message(
    msg("可以传 %(kinds)s，每个不超过 %(size)s MB。"),
    {"kinds": kind_names(EXTENSIONS), "size": LARGEST_BYTES // 1024 // 1024},
)
TOO_LARGE = Message(
    msg("这个文件超过 %(size)s MB，请压缩或分开后再传。"), {"size": LARGEST_BYTES // 1024 // 1024}
)


def file_field(material: Material, errors: Sequence[str] = ()) -> dict[str, Any]:
    """One upload for the part ``file`` (上传字段)."""
    return {
        "name": material_name(material.key),
        "label": msg("选一个文件"),
        "type": "file",
        "help": "",
        "errors": list(errors),
        "required": True,
        "accept": ACCEPT,
        "allowed": ALLOWED,
        "max_bytes": LARGEST_BYTES,
        "given": None,
        "state": None,
    }


# What is said beside a material; one that must be handed in needs no word.
REQUIREMENT_TAGS: Mapping[Requirement, Mapping[str, str]] = {
    Requirement.OPTIONAL: {"state": "idle", "word": msg("可以不交")},
    Requirement.LATER: {"state": "warn", "word": msg("可以后补")},
}
