"""Values. Failures of the SORACOM API, with the HTTP status and the platform's own error code as members."""

from __future__ import annotations

from agent.errors import Code, Failure


class PlatformFailure(Failure):
    """The SORACOM API refused a request or did not answer it.

    Decisions use `status` and `platform_code`, never the text: its wording is not published, and it may depend on the
    language of the operator.

    Attributes:
        status: the HTTP status of the response; None where no response came.
        platform_code: the `code` in the body of the error, such as `SEM0016`; None where the body has none.
    """

    def __init__(
        self, code: Code, detail: str, *, where: str, status: int | None = None, platform_code: str | None = None
    ) -> None:
        self.status = status
        self.platform_code = platform_code
        super().__init__(code, detail, where=where)
