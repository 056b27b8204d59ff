#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The hand-over code: the browser's Response reaches a local program, which
# gives it to `8x8sso deliver`; the person types the code that comes back.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

# Reads a Response, prints the code.
cat >/run/code <<'END'
#!/bin/sh
8x8sso --json deliver | tee -a /run/delivered | sed 's/.*"code":"\([^"]*\)".*/\1/'
END
# Does this to state.db.
cat >/run/store <<'END'
#!/usr/bin/python3
import os
import sqlite3
import sys
store = sqlite3.connect(os.environ["STORE"], timeout=10)
store.execute(sys.argv[1])
store.commit()
END
chmod 0755 /run/code /run/store

# The command with which the lab answers, a local program delivers, and the
# code is typed.
by_code() # [VARIANT...]
{
	printf '%s | /run/code' "$(respond "$@")"
}

# The same code at every prompt that asks for it again.
simon_insists() # RESPOND
{
	login --piece 11 --respond "typed=\$($1)
	    printf %s \"\$typed\$typed\$typed\"" pam sshd b.simon \
	    authenticate account
}

# A delivery of a program's own, refused for this reason, in one line.
undelivered() # REASON COMMAND...
{
	undelivered_reason=$1
	shift
	forget_log
	"$@" >/run/out 2>/run/err && return 1
	cat /run/out /run/err
	same 1 "$(wc -l </run/err)" && [ ! -s /run/out ] &&
		grep -q "($undelivered_reason: " /run/err
}

deliver_file() # FILE
{
	8x8sso deliver <"$1"
}

# Logins that wait until they are told to go on; $N is in the answer's command.
# Starts one that delivers when /run/go.N is there.
waiting_login() # N WAY...
{
	waiting_n=$1
	shift
	rm -f "/run/go.$waiting_n" "/run/url.$waiting_n" "/run/ended.$waiting_n"
	(login --timeout 90 --respond "printf %s \"\$URL\" >/run/url.$waiting_n.new
	    mv /run/url.$waiting_n.new /run/url.$waiting_n
	    while [ ! -e /run/go.$waiting_n ]; do sleep 0.05; done
	    cat /run/go.$waiting_n" "$@" >"/run/login.$waiting_n" 2>&1
	    echo $? >"/run/ended.$waiting_n") >/dev/null 2>&1 &
	for _ in $(seq 200); do
		[ ! -s "/run/url.$waiting_n" ] || return 0
		sleep 0.05
	done
	return 1
}

# What is typed there.
go_on() # N TEXT
{
	printf '%s' "$2" >"/run/go.$1.new"
	mv "/run/go.$1.new" "/run/go.$1"
}

# The login ends as it is said to.
ended() # N STATUS
{
	for _ in $(seq 200); do
		[ ! -s "/run/ended.$1" ] || break
		sleep 0.05
	done
	cat "/run/login.$1"
	same "$2" "$(cat "/run/ended.$1")"
}

respond_to() # N UPN
{
	"$top_srcdir/tests/lab/lab" respond "$LAB" --user "$2" \
	    --url "$(cat "/run/url.$1")"
}

set_up_and_sync

# A program that never ends what it gives; looked at when all else is done.
mkfifo /run/endless.in
sleep 600 >/run/endless.in &
(
	8x8sso deliver </run/endless.in >/dev/null 2>/run/endless.err
	echo $? >/run/endless
) &

# -- every program that asks for a password ---------------------------------
check "a program's conversation: a code lets in" simon "$(by_code)"
check "a real sshd: a code lets in" \
	contains "I am b.simon" simon_by_ssh "$(by_code)"
check "su by bob: a code lets in" login --respond "$(by_code)" tty \
	runuser -u bob -- su b.simon -c true
echo 'b.simon ALL=(ALL:ALL) ALL' >/etc/sudoers.d/lab
chmod 0440 /etc/sudoers.d/lab
check "sudo by b.simon: a code lets in" contains "uid=0" \
	login --respond "$(by_code)" tty runuser -u b.simon -- sudo id
echo /usr/bin/id >>/etc/shells
sed -i '/^\[access\]/i [users]\nshell = /usr/bin/id\n' "$CONF"
8x8sso sync >/dev/null
check "login: a code lets in" contains "(b.simon)" \
	login --respond "$(by_code)" tty login b.simon
write_conf
8x8sso sync >/dev/null
check "the code is short enough to be typed" \
	same "<11 bytes>" "$(simon "$(by_code)" | grep '<.* bytes>')"
delivered_for()
{
	grep 'op=deliver user="b\.simon" service="sshd" rhost="192\.0\.2\.7"' \
	    "$HOST_LOG" | grep 'result=granted reason=ok'
}
check "the log says who delivered for whom" delivered_for
check "deliver prints a sentence, with the code in it" simon \
	"$(respond) | 8x8sso deliver | tee /run/said | sed 's/.*: \(.*\) (.*/\1/'"
check "which says whose it is, and for how long" grep -Eqx "Code for b\.simon, \
who is logging in by sshd from 192\.0\.2\.7: [-0-9A-Z]{11} \(2 minutes\)" \
	/run/said
check "typed in small letters and without hyphens" \
	simon "$(by_code) | tr -d - | tr A-Z a-z"
check "a response that ends with several line breaks" \
	simon "( $(respond); echo; echo ) | /run/code"
check "a folded response" simon "$(respond) | fold -w 76 | /run/code"
check "150 groups" simon "$(by_code groups)"
check "when it is over nothing waits" undelivered not-pending \
	deliver_file "$LAB/token"

# -- two at once ------------------------------------------------------------
check "a login waits" waiting_login 1 ssh b.simon true
check "a second one waits" waiting_login 2 pam sshd m.garcia authenticate \
	account
respond_to 1 "$SIMON" >/run/one
respond_to 2 M.Garcia@contoso.com >/run/two
two=$(/run/code </run/two)
one=$(/run/code </run/one)
go_on 1 "$one"
go_on 2 "$two"
check "each has a code of its own: the first gets in" ended 1 0
check "each has a code of its own: the second gets in" ended 2 0

waiting_login 1 pam sshd b.simon authenticate account
waiting_login 2 --piece 11 pam sshd m.garcia authenticate account
waiting_login 3 --piece 11 pam sshd b.simon authenticate account
one=$(respond_to 1 "$SIMON" | /run/code)
go_on 2 "$one$one$one"
check "a code of another user is refused" ended 2 1
check "and the log says why" logged code-wrong
go_on 3 "$one$one$one"
check "a code for another login of the same user is refused" ended 3 1
/run/store "DELETE FROM rates"
go_on 1 "$one"
check "and is good where it belongs" ended 1 0

# A newer code replaces the older one.
waiting_login 1 --piece 11 pam sshd b.simon authenticate account
old=$(respond_to 1 "$SIMON" | /run/code)
new=$(respond_to 1 "$SIMON" | /run/code)
go_on 1 "$old$old$old"
check "a code that was replaced is refused" ended 1 1
refuse "two deliveries give two codes" test "$old" = "$new"

# Somebody else's Response for a login that waits.
waiting_login 1 pam sshd b.simon authenticate account
check "a response of somebody else is not delivered" undelivered link-mismatch \
	sh -c "'$top_srcdir/tests/lab/lab' respond '$LAB' --user \
	M.Garcia@contoso.com --url '$(cat /run/url.1)' | 8x8sso deliver"
go_on 1 "$(respond_to 1 "$SIMON")"
check "a login that could be handed over can be pasted" ended 1 0

# -- codes that are none ----------------------------------------------------
check "a code is used once" simon "$(by_code) | tee /run/used"
/run/store "DELETE FROM rates"
check "a used code is refused" \
	refused_for code-wrong simon_insists "cat /run/used"
check "an expired code is refused" refused_for code-wrong simon_insists \
	"$(by_code); /run/store 'UPDATE codes SET expires = expires - 120'"
/run/store "DELETE FROM rates"
# Pieces of nine: three codes, one a prompt.
three_wrong()
{
	login --say 000000000111111111222222222 --piece 9 pam sshd b.simon
}
check "three wrong codes are refused" refused_for code-wrong three_wrong
check "the person may try again twice" \
	same 2 "$(three_wrong | grep -c 'That code is not right')"
/run/store "DELETE FROM rates"
check "a code after a mistyped one lets in" \
	login --respond "printf 000000000; $(by_code) | tr -d -" --piece 9 \
	pam sshd b.simon authenticate account
for _ in 1 2 3; do
	three_wrong >/dev/null
done
check "many wrong codes: no more from there" \
	denied_for code-limit simon "$(by_code)"
check "many wrong codes: a response is still taken" simon "$(respond)"
check "many wrong codes: a code from somewhere else lets in" \
	contains "I am b.simon" simon_by_ssh "$(by_code)"
/run/store "DELETE FROM rates"

waiting_login 1 pam sshd b.simon authenticate account
one=$(respond_to 1 "$SIMON" | /run/code)
lab disable "$SIMON"
8x8sso sync >/dev/null
go_on 1 "$one"
check "a code does not let in who was deactivated since" ended 1 1
check "and the log says so" logged user-inactive
waiting_login 1 pam sshd b.simon authenticate account
respond_to 1 "$SIMON" >/run/one
check "who is deactivated gets no code" undelivered user-inactive \
	deliver_file /run/one
go_on 1 ""
ended 1 1 >/dev/null
lab provision "$SIMON" >/dev/null
8x8sso sync >/dev/null

# -- deliveries that are none -----------------------------------------------
waiting_login 1 pam sshd b.simon authenticate account
respond_to 1 "$SIMON" >/run/one
head -c 6000 /dev/urandom >/run/junk
check "junk is not delivered" undelivered saml-base64 deliver_file /run/junk
check "base64 of junk is not delivered" undelivered 'saml-[a-z]*' \
	sh -c 'base64 -w 0 /run/junk | 8x8sso deliver'
check "nothing is not delivered" undelivered answer-empty \
	deliver_file /dev/null
check "10 MB are not delivered" undelivered answer-too-long \
	sh -c 'head -c 10485760 /dev/zero | 8x8sso deliver'
check "a response to another request is not delivered" \
	undelivered saml-in-response-to sh -c "'$top_srcdir/tests/lab/lab' \
	respond '$LAB' --user $SIMON --fault other-request \
	--url '$(cat /run/url.1)' | 8x8sso deliver"
check "an unsolicited response is not delivered" \
	undelivered saml-unsolicited sh -c "'$top_srcdir/tests/lab/lab' \
	respond '$LAB' --user $SIMON --unsolicited | 8x8sso deliver"
check "a closed standard input is not delivered" undelivered answer-empty \
	timeout 10 8x8sso deliver <&-
# Nor does it get into what is open in its place.
unprinted()
{
	8x8sso --version >/dev/full && return 1
	8x8sso --version >&- && return 1
	! grep '8x8sso [0-9.]*$' "$HOST_LOG"
}
check "what cannot be printed is a failure" unprinted
check "bob delivers nothing" undelivered not-root \
	setpriv --reuid=bob --clear-groups 8x8sso deliver

# bob starts the helper himself and speaks its protocol.
cat >/run/ask <<'END'
#!/usr/bin/python3
import socket
import struct
import subprocess
import sys

def frame(number, *fields):
    payload = b"".join(struct.pack(">I", len(f)) + f for f in fields)
    return struct.pack(">BBHI", 1, number, 0, len(payload)) + payload

ours, theirs = socket.socketpair()
child = subprocess.Popen([sys.argv[1]], stdin=theirs.fileno())
theirs.close()
deliver, zero = struct.pack(">Q", 3), struct.pack(">Q", 0)
ours.sendall(frame(1, deliver, b"0123456789abcdef", b"\0", b"\0", b"\0",
                   b"\0", zero, zero, zero, zero))
ours.sendall(frame(4, struct.pack(">Q", 1), open(sys.argv[2], "rb").read()))
stream = ours.makefile("rb")
while header := stream.read(8):
    _, number, _, size = struct.unpack(">BBHI", header)
    print("message", number, stream.read(size))
END
chmod 0755 /run/ask
chmod 0644 /run/one
bob_asks()
{
	setpriv --reuid=bob --clear-groups /run/ask "$LIBEXEC/8x8sso-helper" \
	    /run/one >/run/asked
	cat /run/asked
	grep -q '^message 5 ' /run/asked && ! grep '^message 6 ' /run/asked
}
check "bob gets a refusal from the helper itself" bob_asks
check "root gets a code from the helper itself, so it was well asked" \
	sh -c "/run/ask '$LIBEXEC/8x8sso-helper' /run/one | grep '^message 6 '"
go_on 1 ""
ended 1 1 >/dev/null
waiting_login 1 pam sshd b.simon authenticate account
respond_to 1 "$SIMON" >/run/one

# Fifty programs with one assertion.
of_fifty()
{
	rm -f /run/raced.*
	for racer in $(seq 50); do
		8x8sso deliver </run/one >"/run/raced.$racer" 2>/dev/null &
		racers="${racers-} $!"
	done
	# shellcheck disable=SC2086 # a list
	wait $racers
	cat /run/raced.* >/run/raced
	cat /run/raced
	same 1 "$(wc -l </run/raced)"
}
check "50 parallel deliveries of one assertion give one code" of_fifty
check "a response that was delivered is not delivered again" \
	undelivered replay deliver_file /run/one
go_on 1 "$(sed 's/.*: \(.*\) (.*/\1/' /run/raced)"
check "and the one code lets in" ended 1 0
check "a response that was delivered cannot be pasted" refused_for \
	'(replay|saml-in-response-to)' simon "cat /run/one"

# -- unsolicited ------------------------------------------------------------
unsolicited="$top_srcdir/tests/lab/lab respond $LAB --unsolicited --user"
write_conf saml="idp_initiated = yes"
check "an unsolicited response is delivered when configured" \
	simon "$unsolicited $SIMON | /run/code"
check "and its code is its person's only" denied_for code-wrong \
	simon_insists "$unsolicited M.Garcia@contoso.com | /run/code"
write_conf

# -- without an end ----------------------------------------------------------
endless_ended()
{
	for _ in $(seq 400); do
		[ ! -s /run/endless ] || break
		sleep 0.1
	done
	cat /run/endless.err
	same 1 "$(cat /run/endless)" && grep -q "(timeout: " /run/endless.err
}
check "a standard input without an end is not waited for" endless_ended

# -- the host ---------------------------------------------------------------
mv "$LIBEXEC/8x8sso-helper" /run/helper
refuse "without a helper nothing is delivered" deliver_file /run/one
mv /run/helper "$LIBEXEC/8x8sso-helper"
check "root gets in" root_gets_in
check "bob gets in" bob_gets_in
finish
