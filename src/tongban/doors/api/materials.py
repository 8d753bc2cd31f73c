"""Materials (申请材料): handed in once, then attached to cases by their id."""

from datetime import UTC, datetime
from typing import Annotated, BinaryIO, cast

from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import REFUSALS, Kept, Refused, Title
from tongban.records.materials import actions as materials

router = Router(tags=["materials"])


@router.post("/materials", response={201: Kept, REFUSALS: Refused}, summary="Keep a material 收存材料")
def keep(
    request: Request, file: Annotated[UploadedFile, File()], title: Annotated[Title, Form()]
) -> Status[dict[str, object]]:
    """Keep a file (PDF, PNG, JPEG, DOCX or XLSX, at most 20 MB) as the caller's material."""
    material_id = materials.keep(
        actor=request.auth,
        stream=cast(BinaryIO, file.file),
        file_name=file.name or "",
        title=title,
        at=datetime.now(UTC),
    )
    return Status(201, {"id": material_id})
