"""Slack's Web API as far as an app needs it to start and to post: every call succeeds at once."""

from aiohttp import web


async def _yes(request: web.Request) -> web.Response:
    method = request.match_info["method"]
    channel: object = {"id": "D1"} if method == "conversations.open" else "D1"
    # auth.test says who the bot is by name; users.info tells all of somebody.
    asked = request.query.get("user") or "UKAIKU"
    user: object = (
        {"id": asked, "name": asked.lower(), "team_id": "T1"} if method == "users.info" else "kaiku"
    )
    return web.json_response(
        {
            "ok": True, "user_id": "UKAIKU", "bot_id": "B1", "team_id": "T1", "team": "bench",
            "user": user, "url": "https://bench.slack.com/", "channel": channel, "ts": "1.2", "messages": [],
        }
    )  # fmt: skip


async def start_stub() -> tuple[web.AppRunner, str]:
    """Listen on a free port; the runner to clean up, and the address for SLACK_API_URL."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", _yes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
