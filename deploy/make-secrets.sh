#!/bin/sh
# Makes what deploy/compose.yaml wants in a folder: passwords, an authority, and certificates for the database, the collector and the proxy.
# Usage: deploy/make-secrets.sh [folder], by default deploy/secrets. Nothing that is there already is touched.
set -eu
folder=${1:-$(dirname "$0")/secrets}
# The containers read the files as users of their own; on the host, nobody else gets into the folder.
umask 022
mkdir -p "$folder/tls"
chmod 700 "$folder"
cd "$folder"

for name in database-password collector-token collector-writer-token; do
  [ -e "$name" ] || openssl rand -hex 24 > "$name"
done

if [ ! -e ca-key.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 365 \
    -subj '/CN=Countersign example authority' -keyout ca-key.pem -out database-ca.pem 2> /dev/null
fi

# certificate <file of the certificate> <file of the key> <subject alternative names>
certificate() {
  [ ! -e "$1" ] || return 0
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=countersign' -keyout "$2" -out request.pem 2> /dev/null
  printf 'subjectAltName = %s\n' "$3" > names.cnf
  openssl x509 -req -sha256 -days 365 -in request.pem -CA database-ca.pem -CAkey ca-key.pem -CAcreateserial -extfile names.cnf -out "$1" 2> /dev/null
  rm request.pem names.cnf
}
certificate database-cert.pem database-key.pem 'DNS:database'
certificate collector-cert.pem collector-key.pem 'DNS:collector'
certificate tls/tls.crt tls/tls.key 'DNS:localhost, DNS:proxy, IP:127.0.0.1'
