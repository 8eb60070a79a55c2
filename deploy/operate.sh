# What the runbooks' commands are made of. Source it in bash, in the folder of the installation: . deploy/operate.sh
# They act on `make run` while that is up, and on Docker Compose otherwise.
#
#   token [ID SECRET]    an access token of an API client; of the operator if none is named
#   sql DATABASE TEXT    a statement in a service's database, as the superuser, whom row-level security does not bind
#   within PART COMMAND  a command with the variables of a service, or of postgres
#   parts                what runs
#   logs PART            the newest lines of a part's log
#   ready SERVICE        what a service misses, in its own words
#   restart SERVICE      end it and have it started again

if operator=$(.venv/bin/python -m deploy.local operator 2>/dev/null); then
  eval "$operator"
  URL=$ATTEST_URL
  within() { .venv/bin/python -m deploy.local within "$@"; }
  parts() { .venv/bin/python -m deploy.local parts; }
  logs() { tail -n 500 "${ATTEST_STATE:-.attest}/logs/$1.log"; }
  restart() { .venv/bin/python -m deploy.local restart "$1"; }
else
  set -a; . ./.env; set +a
  URL=${ATTEST_ISSUER:-http://127.0.0.1:${ATTEST_PORT:-8080}}
  within() {
    if [ "$1" = postgres ]; then
      docker compose exec -T -e PGHOST=127.0.0.1 -e PGUSER=postgres -e PGPASSWORD="$ATTEST_POSTGRES_PASSWORD" "$@"
    else
      docker compose exec -T "$@"
    fi
  }
  parts() { docker compose ps --all; }
  logs() { docker compose logs --since 15m --no-color --no-log-prefix "$1"; }
  restart() { docker compose restart "$1"; }
fi
unset operator

token() {
  curl -sSf "$URL/v1/oauth/token" -d grant_type=client_credentials \
    -u "${1:-$ATTEST_OPERATOR_CLIENT_ID}:${2:-$ATTEST_OPERATOR_SECRET}" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'
}

sql() { within postgres psql -X -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }

ready() {
  within "$1" python -c 'import os, httpx
port = os.environ.get("ATTEST_OWN_PORT", "8000")
print(httpx.get(f"http://127.0.0.1:{port}/readyz").text)'
}
