"""Sockets stay within the kernel's limit and out of other users' reach."""

import stat
from urllib.parse import unquote, urlsplit

import redis

from config.embedded import SOCKET_PATH_BYTES, redis_url, socket_path


def test_a_socket_lives_in_var_where_it_fits(tmp_path):
    var = tmp_path / "v"

    path = socket_path(var, "web")

    assert path == var / "sockets" / "web.sock"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_deep_var_has_its_sockets_elsewhere(tmp_path):
    deep = tmp_path.joinpath(*["a-rather-long-name"] * 8)

    path = socket_path(deep, "web")

    assert len(str(path).encode()) <= SOCKET_PATH_BYTES
    assert path == socket_path(deep, "web")
    assert path.parent != socket_path(deep / "other", "web").parent
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.rmdir()
    socket_path(deep / "other", "web").parent.rmdir()


def test_redis_reads_the_address_of_a_path_with_odd_characters(tmp_path):
    var = tmp_path / "a b%20c#d?e"

    url = redis_url(var)

    kwargs = redis.ConnectionPool.from_url(url).connection_kwargs
    assert kwargs["path"] == str(socket_path(var, "valkey"))
    assert unquote(urlsplit(url).path) == kwargs["path"]
