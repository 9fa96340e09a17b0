"""The baseline: a bare Bolt app that only acks, served as Bolt serves it."""

import os

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

app = AsyncApp(
    client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    process_before_response=True,
)


@app.command("/kaiku")
async def command(ack: AsyncAck) -> None:
    await ack()


@app.view("offering.join_form")
async def submission(ack: AsyncAck) -> None:
    await ack()


if __name__ == "__main__":
    # What AsyncApp.start does, with room for 2,000 connections that arrive at once.
    port = int(os.environ["KAIKU_PORT"])
    web.run_app(app.web_app(), host="127.0.0.1", port=port, backlog=4096, print=None)
