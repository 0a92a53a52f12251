"""No network of any kind, and nothing of the service's in a run's sight."""

import re
import socket
from pathlib import Path

import pytest

from sandbox import Verdict

CONNECTIONS = {
    "TCP to this machine": "socket.create_connection(('127.0.0.1', 80), 1)",
    "TCP to the world": "socket.create_connection(('8.8.8.8', 53), 1)",
    "TCP over IPv6": "socket.create_connection(('::1', 80), 1)",
    "the cloud's metadata": "socket.create_connection(('169.254.169.254', 80), 1)",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))",
    "a name": "socket.getaddrinfo('example.org', 80)",
    "raw": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "packet": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "vsock": "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)",
    "AF_ALG": "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)",
    "listening": "socket.socket().bind(('127.0.0.1', 8000))",
}


@pytest.mark.jail
@pytest.mark.parametrize("expression", CONNECTIONS.values(), ids=CONNECTIONS.keys())
def test_no_way_out(attack, expression):
    result = attack(f"import socket\ntry:\n    {expression}\nexcept OSError: print('no')")

    assert (result.verdict, result.stdout) == (Verdict.OK, "no\n")


@pytest.mark.jail
def test_an_abstract_socket_of_the_host_is_out_of_reach(attack):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0zhiyan-test-listener")
        listener.listen()

        result = attack(
            "import socket\n"
            "try: socket.socket(socket.AF_UNIX).connect('\\0zhiyan-test-listener')\n"
            "except OSError: print('no')"
        )

    assert result.stdout == "no\n"


@pytest.mark.jail
def test_the_environment_holds_nothing_of_the_service(attack, host):
    result = attack("import os\nsorted(os.environ)")

    named = result.stdout.lower()
    assert not any(word in named for word in ("secret", "zhiyan", "database", "redis", "password"))


@pytest.mark.jail
def test_exactly_three_descriptors_are_inherited(attack):
    result = attack(
        "import os\n"
        "def is_open(n):\n"
        "    try: os.fstat(n); return True\n"
        "    except OSError: return False\n"
        "[n for n in range(1024) if is_open(n)]"
    )

    assert result.stdout == "[0, 1, 2]\n"


@pytest.mark.jail
@pytest.mark.parametrize(
    "path", ["/proc/1/root", "/proc/1/environ", "/proc/1/maps", "/proc/1/fd/0"]
)
def test_the_init_cannot_be_looked_into(attack, path):
    result = attack(f"import os\ntry:\n    open({path!r})\nexcept OSError: print('no')")

    assert result.stdout == "no\n"


@pytest.mark.jail
def test_other_processes_are_invisible(attack, host):
    result = attack("import os\nsorted(int(n) for n in os.listdir('/proc') if n.isdigit())")

    # The run's init, itself, and where a control group counts, what shares its memory.
    assert len(result.stdout.split(",")) == (3 if host.control_groups() else 2)


@pytest.mark.jail
def test_the_hosts_files_are_not_there(attack):
    places = ["/home", "/root", "/var", "/etc/shadow", "/sys", "/run", str(Path.cwd()), "/boot"]

    result = attack(f"import os\n[p for p in {places!r} if os.path.exists(p)]")

    assert result.stdout == "[]\n"


@pytest.mark.jail
def test_a_lock_on_a_shared_file_is_no_channel_between_runs(attack, run):
    code = (
        "import fcntl\nfcntl.flock(open('/usr/bin/true'), fcntl.LOCK_EX | fcntl.LOCK_NB)\nprint(1)"
    )

    first, second = attack(code), run(code)

    assert (first.stdout, second.stdout) == ("1\n", "1\n")


@pytest.mark.jail
def test_a_secret_in_the_services_memory_is_not_in_the_runs(attack, host):
    environ = Path(f"/proc/{host.process.pid}/environ").read_bytes()
    assert re.search(rb"zhiyan-planted-[0-9a-f]{32}", environ)

    result = attack(
        "import re\n"
        "found = looked = 0\n"
        "for line in open('/proc/self/maps'):\n"
        "    if not line.split()[1].startswith('rw'): continue\n"
        "    low, high = (int(x, 16) for x in line.split()[0].split('-'))\n"
        "    with open('/proc/self/mem', 'rb') as memory:\n"
        "        try: memory.seek(low); data = memory.read(min(high - low, 2 ** 26))\n"
        "        except (OSError, ValueError, OverflowError): continue\n"
        "    looked += len(data)\n"
        "    found += len(re.findall(rb'zhiyan-planted-[0-9a-f]{32}', data))\n"
        "print(looked > 2 ** 20, found)",
        memory_bytes=1024 * 2**20,
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "True 0\n")
