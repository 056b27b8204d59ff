# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sourced where a mount namespace of its own has just been entered.

# No mount made from now on reaches the namespace that this one was copied
# from.  In a chroot, / is no mount whose propagation could be changed: going
# into one's own namespace once more leads to the root outside of it.
private_mounts()
{
	mount --make-rprivate / 2>/dev/null ||
		nsenter --mount=/proc/self/ns/mnt mount --make-rprivate /
}
