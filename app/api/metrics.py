"""`/metrics`, for Prometheus."""

from fastapi import APIRouter, Response

from app.api.access import Admin
from app.api.problems import answers
from app.api.services import Given

router = APIRouter(tags=["metrics"], responses=answers(401, 403, 429, 503))
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(_: Admin, services: Given) -> Response:
    """Numbers about jobs, steps, calls, programs and requests, in the text format of Prometheus. For admins."""
    return Response(await services.metrics_page(), media_type=TEXT)
