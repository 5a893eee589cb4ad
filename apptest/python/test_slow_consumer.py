"""A client that does not read, at the level of sockets; the clients' own buffers would hide it."""

import json
import socket

from patience import PATIENCE_SECONDS as SOON, connect, settled
from service import Service


async def test_a_slow_consumer_is_cut_off_and_announced(tmp_path):
    service = Service(tmp_path, "message_hub:\n  max_pending: 256KiB\n")
    try:
        watcher = await connect(service)
        notices = await watcher.subscribe("hub.slow_consumer")
        await settled(watcher)
        host, port = service.address.rsplit(":", 1)
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(SOON)
        slow.connect((host, int(port)))
        slow.sendall(b'CONNECT {"name":"sleeper"}\r\nSUB flood 1\r\nPING\r\n')
        seen = b""
        while b"PONG\r\n" not in seen:
            seen += slow.recv(4096)
        for _ in range(1000):
            await watcher.publish("flood", bytes(64 * 1024))
            if notices.pending_msgs:
                break
            await watcher.flush(SOON)
        notice = json.loads((await notices.next_msg(timeout=SOON)).data)
        assert notice["type"] == "hub.slow_consumer"
        assert "sleeper" in notice["data"]["client"]
        assert notice["data"]["pending_bytes"] > 0
        # Everybody else goes on.
        await watcher.flush(SOON)
        slow.close()
        await watcher.close()
    finally:
        assert service.stop() == 0
