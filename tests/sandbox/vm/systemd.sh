#!/bin/sh
# Run in the guest: the self-test as a systemd service and in a user's scope, both with Delegate=yes.
# Becomes systemd as process 1, which runs this file again as a service.
grep -q zhiyan_guest /proc/cmdline || { echo "this changes the machine it runs on; boot.py starts one for it"; exit 1; }
here=$(cd "$(dirname "$0")" && pwd); root=${here%/tests/sandbox/vm}
python=$root/.venv/bin/python
test_it="cd $root && cat /proc/self/cgroup && $python -B -m sandbox selftest --runtime plain --json"
export ZHIYAN_VAR=/var/tmp/zhiyan-vm

if [ $$ = 1 ]; then
    $python -B "$here/guest.py" --prepare
    echo 'reader:x:4242:4242::/home/reader:/bin/sh' >> /etc/passwd
    echo 'reader:x:4242:' >> /etc/group
    echo 'reader:*:20000:0:99999:7:::' >> /etc/shadow
    mkdir -p /home/reader && chown 4242:4242 /home/reader
    rm -f /etc/machine-id /etc/fstab; echo 0123456789abcdef0123456789abcdef > /etc/machine-id
    cat > /etc/systemd/system/trial.service <<UNIT
[Unit]
Wants=basic.target dbus.socket systemd-logind.service
After=basic.target dbus.socket systemd-logind.service
[Service]
Type=oneshot
ExecStart=/bin/sh $here/systemd.sh
StandardOutput=file:/dev/ttyS0
StandardError=file:/dev/ttyS0
UNIT
    exec /lib/systemd/systemd --unit=trial.service --log-target=null
fi

echo "service of the machine, Delegate=yes:"
systemd-run --quiet --wait --pipe -p Delegate=yes -E ZHIYAN_VAR sh -c "$test_it"
echo "service of the machine:"
systemd-run --quiet --wait --pipe -E ZHIYAN_VAR sh -c "$test_it"
systemctl start user@4242.service || systemctl status user@4242.service
chown -R 4242:4242 $ZHIYAN_VAR
as_reader="setpriv --reuid 4242 --regid 4242 --clear-groups env HOME=/home/reader XDG_RUNTIME_DIR=/run/user/4242"
echo "controllers of the user's manager: $(cat /sys/fs/cgroup/user.slice/user-4242.slice/user@4242.service/cgroup.controllers)"
for kind in "--wait --pipe" "--scope"; do
    echo "user's own, $kind, Delegate=yes:"
    $as_reader systemd-run --user --quiet $kind -p Delegate=yes -E ZHIYAN_VAR sh -c "$test_it"
    echo "user's own, $kind:"
    $as_reader systemd-run --user --quiet $kind -E ZHIYAN_VAR sh -c "$test_it"
done
echo "user's, in another's group:"
$as_reader sh -c "$test_it"
echo "guest: exit code 0"
systemctl poweroff --force --force
