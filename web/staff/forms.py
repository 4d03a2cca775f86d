"""A form as it was sent: its fields as text, and one file at most."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from web.staff.guard import MOST_BYTES


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; its name is whatever the sender says."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The fields; one that is not there is empty."""

    fields: dict[str, str]
    file: Upload | None = None

    def text(self, name: str) -> str:
        """What was typed or chosen."""
        return self.fields.get(name, "")


async def read_form(request: Request) -> Form:
    """Read the request's form. One that cannot be read counts as empty, so it lacks its token and is refused."""
    try:
        async with request.form(max_files=1, max_fields=20, max_part_size=MOST_BYTES) as data:
            return await _form(data)
    except (MultiPartException, ValueError):
        return Form({})
    except Exception as error:
        # Starlette makes an HTTPException of a form that cannot be read.
        if getattr(error, "status_code", None) == 400:
            return Form({})
        raise


async def _form(data: FormData) -> Form:
    fields: dict[str, str] = {}
    file: Upload | None = None
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if value.filename or content:
                file = Upload(value.filename or "", content)
        else:
            fields.setdefault(name, value)
    return Form(fields, file)
