"""The tree is read-only, what is written is bounded, and what comes back is looked at first."""

import pytest

from sandbox import Verdict

READ_ONLY = [
    "/x",
    "/usr/x",
    "/usr/lib/x",
    "/runtime/site-packages/torch/x.py",
    "/harness/x",
    "/dev/x",
]


@pytest.mark.jail
@pytest.mark.parametrize("path", READ_ONLY)
def test_the_tree_outside_the_work_places_cannot_be_written(attack, path):
    result = attack(
        f"try:\n    open({path!r}, 'w')\nexcept OSError as error:\n    print(error.errno)"
    )

    assert result.verdict is Verdict.OK
    assert result.stdout.strip() in {"13", "30"}  # EACCES, EROFS


@pytest.mark.jail
def test_a_million_inodes_meet_a_wall(attack):
    result = attack(
        "try:\n"
        "    for i in range(10 ** 6): open(str(i), 'w').close()\n"
        "except OSError as error:\n"
        "    print(error.errno, i > 1000)"
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "28 True\n")


@pytest.mark.jail
def test_a_full_disk_does_not_hide_the_reason(attack):
    result = attack("i = 0\nwhile True:\n    i += 1\n    open(str(i), 'wb').write(bytes(10 ** 6))")

    assert result.verdict is Verdict.ERROR
    assert result.failure is not None
    assert result.failure.type == "OSError"
    assert result.failure.line == 4


@pytest.mark.jail
def test_only_plain_small_files_come_back(attack):
    result = attack(
        "import os, socket\n"
        "open('kept.txt', 'w').write('kept')\n"
        "os.symlink('/etc/passwd', 'link')\n"
        "os.symlink('/proc/self/environ', 'environ')\n"
        "os.symlink('/usr', 'folder')\n"
        "os.link('kept.txt', 'twice.txt')\n"
        "os.remove('twice.txt')\n"
        "open('one', 'w').write('1'); os.link('one', 'two')\n"
        "os.mkfifo('fifo')\n"
        "socket.socket(socket.AF_UNIX).bind('socket')\n"
        "open('sparse', 'wb').truncate(50 * 2 ** 20)\n"
        "os.makedirs('deep/er'); open('deep/er/file.txt', 'w').write('deep')\n"
    )

    assert result.verdict is Verdict.OK
    assert sorted(artifact.name for artifact in result.artifacts) == [
        "deep/er/file.txt",
        "kept.txt",
    ]


@pytest.mark.jail
def test_a_petabyte_that_is_a_hole_is_refused_unread(attack):
    result = attack("try:\n    open('x', 'wb').truncate(10 ** 15)\nexcept OSError: print('no')")

    assert (result.verdict, result.stdout) == (Verdict.OK, "no\n")
    assert [artifact.data for artifact in result.artifacts] == [b""]


@pytest.mark.jail
def test_a_device_cannot_be_made(attack):
    result = attack("import os, stat\nos.mknod('d', stat.S_IFCHR | 0o600, os.makedev(1, 3))")

    assert result.verdict is Verdict.ERROR
    assert result.failure is not None
    assert result.failure.type == "PermissionError"


@pytest.mark.jail
def test_a_tree_a_thousand_deep_is_walked_only_so_far(attack):
    result = attack(
        "import os\n"
        "for i in range(1000): os.mkdir('d'); os.chdir('d')\n"
        "open('bottom', 'w').write('x')\n"
    )

    assert (result.verdict, result.artifacts) == (Verdict.OK, ())


@pytest.mark.jail
def test_hostile_names_are_made_harmless(attack):
    result = attack(
        "import os\n"
        "for name in (b'new\\nline', b'bad\\xff', b'a:b|c', '\\u202egnp.exe'.encode()):\n"
        "    open(name, 'w').write('x')"
    )

    names = [artifact.name for artifact in result.artifacts]
    assert len(names) == 4
    assert all(name.isprintable() and not set(name) & set(":|\n\u202e") for name in names)


@pytest.mark.jail
def test_files_renamed_to_the_last_moment_do_no_harm(attack):
    result = attack(
        "import os\n"
        "if os.fork() == 0:\n"
        "    while True:\n"
        "        open('a', 'w').write('x'); os.rename('a', 'b'); os.symlink('/etc/passwd', 'a')\n"
        "        os.remove('a')\n"
        "import time; time.sleep(0.2)"
    )

    assert result.verdict is Verdict.OK
    assert all(artifact.data in {b"", b"x"} for artifact in result.artifacts)


@pytest.mark.jail
def test_more_files_than_offered_are_left_behind(attack):
    result = attack("for i in range(100): open(f'{i:03}', 'w').write('x')")

    assert len(result.artifacts) == 16


@pytest.mark.jail
def test_a_forged_figure_is_no_picture(attack):
    bomb = (
        "import struct, zlib\n"
        "def chunk(kind, body):\n"
        "    return struct.pack('>I', len(body)) + kind + body"
        " + struct.pack('>I', zlib.crc32(kind + body))\n"
        "head = struct.pack('>IIBBBBB', 60000, 60000, 8, 6, 0, 0, 0)\n"
        "data = b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', head)"
        " + chunk(b'IDAT', zlib.compress(bytes(10 ** 6))) + chunk(b'IEND', b'')\n"
        "open('/box/told/figure-01.png', 'wb').write(data)\n"
        "open('/box/told/figure-02.png', 'w').write('<svg onload=alert(1)>')\n"
    )

    result = attack(bomb)

    assert (result.verdict, result.artifacts) == (Verdict.OK, ())


@pytest.mark.jail
def test_a_vector_picture_with_a_script_is_a_plain_download(attack):
    result = attack("open('x.svg', 'w').write('<svg onload=alert(1)>')")

    assert [(a.kind, a.media_type) for a in result.artifacts] == [
        ("file", "application/octet-stream")
    ]


@pytest.mark.jail
def test_what_one_run_writes_the_next_does_not_see(attack):
    attack(
        "import os\n"
        "for place in ('/work', '/tmp', '/dev/shm'):\n"
        "    open(place + '/torch.py', 'w').write('raise SystemExit(9)')\n"
    )

    result = attack(
        "import os\n[place for place in ('/work', '/tmp', '/dev/shm') if os.listdir(place)]"
    )

    assert result.stdout == "[]\n"
