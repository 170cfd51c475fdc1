#!/bin/sh
# Gets a real MySQL server from Debian unstable, for a Debian machine of any release, and prints the path of a program that starts it:
#
#   COUNTERSIGN_TEST_SERVER=$(test/database/fetch-mysql.sh) npm test
#
# usage: fetch-mysql.sh [folder]     default: ${XDG_CACHE_HOME:-$HOME/.cache}/countersign/mysql
#
# Needs no root and installs nothing: packages are downloaded with an apt state of its own, with signatures checked, and unpacked with all
# their libraries into the folder. The mirror is the one that this machine's apt uses, or COUNTERSIGN_DEBIAN_MIRROR.
set -eu

say() { echo "fetch-mysql: $*" >&2; }
fail() { say "$*"; exit 1; }

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/countersign/mysql}
program=$folder/mysqld
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

if [ -x "$program" ] && "$program" --no-defaults --version >/dev/null 2>&1; then
  echo "$program"
  exit 0
fi
if [ -e "$folder" ] && [ -n "$(ls -A "$folder")" ]; then
  [ -e "$folder/.countersign-mysql" ] || fail "$folder is not empty and was not made by this script: name another folder"
  rm -rf "$folder"
fi

for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || fail "needs $tool, which Debian has: elsewhere install MySQL and set COUNTERSIGN_TEST_SERVER to its mysqld"
done
[ -r "$keyring" ] || fail "needs $keyring to check signatures: apt-get install debian-archive-keyring"

mirror_of_this_machine() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed 's/#.*//' | tr -s ' \t' '\n\n' | grep -E '^(https?|mirror\+https?)://.*/debian/?$' | head -n 1
}
mirror=${COUNTERSIGN_DEBIAN_MIRROR:-$(mirror_of_this_machine)}
[ -n "$mirror" ] || fail "this machine's apt sources name no Debian mirror: set COUNTERSIGN_DEBIAN_MIRROR to the URL of one"

# Built beside its place and then renamed: an interrupted download leaves nothing that looks like a server.
mkdir -p "$(dirname "$folder")"
making=$(mktemp -d "$(dirname "$folder")/fetch-mysql.XXXXXX")
trap 'rm -rf "$making"' EXIT
trap 'exit 1' HUP INT TERM
apt=$making/apt
root=$making/built/root
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$root"
: >"$apt/status"
: >"$making/built/.countersign-mysql"
echo "deb [signed-by=$keyring] $mirror unstable main" >"$apt/sources.list"

# An empty status makes every library be downloaded, since those of this machine's release may be too old.
private_apt() {
  apt-get -q -y -o Dir::State="$apt" -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o APT::Sandbox::User= -o Acquire::Languages=none "$@" >"$making/log" 2>&1 </dev/null ||
    { cat "$making/log" >&2; fail "apt-get $* failed"; }
}
say "reading the package lists of Debian unstable"
private_apt update
say "downloading mysql-server-core and its libraries (about 70 MB)"
private_apt install --download-only --no-install-recommends mysql-server-core
for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root"; done

cat >"$making/built/mysqld" <<'WRAPPER'
#!/bin/sh
# Starts the unpacked server with its own loader and libraries. It has to exec: the process that is started is the server.
here=$(cd "$(dirname "$0")" && pwd -P)
root=$here/root
loader=$(find "$root/lib64" "$root/usr/lib64" "$root/lib" "$root/usr/lib" -name 'ld-linux*.so.*' 2>/dev/null | head -n 1)
libraries=
for folder in "$root"/usr/lib/*-linux-gnu "$root"/lib/*-linux-gnu "$root"/usr/lib/mysql/private "$root"/usr/lib; do
  [ ! -d "$folder" ] || libraries=$libraries${libraries:+:}$folder
done
# --no-defaults has to stay the first argument.
first=
if [ "${1-}" = --no-defaults ]; then first=$1; shift; fi
exec "$loader" --library-path "$libraries" "$root/usr/sbin/mysqld" $first --basedir="$root/usr" --lc-messages-dir="$root/usr/share/mysql" \
  --character-sets-dir="$root/usr/share/mysql/charsets" --plugin-dir="$root/usr/lib/mysql/plugin" "$@"
WRAPPER
chmod 755 "$making/built/mysqld"
version=$("$making/built/mysqld" --no-defaults --version) || fail "the unpacked server does not run on this machine"
# Another run may have been faster: its server is as good.
mv -T "$making/built" "$folder" 2>/dev/null || [ -x "$program" ] || fail "cannot make $folder"
say "$version"
echo "$program"
