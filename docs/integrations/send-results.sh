#!/bin/sh
# Send a file of results to Attest: ATTEST_URL, ATTEST_CLIENT_ID, ATTEST_CLIENT_SECRET, ATTEST_FILE, ATTEST_SOURCE,
# and if known ATTEST_RUN. Needs curl and jq. Ends with an error, and shows the reason, when the file is refused.
set -eu
token=$(curl --fail-with-body --silent --show-error --user "$ATTEST_CLIENT_ID:$ATTEST_CLIENT_SECRET" \
  --data grant_type=client_credentials "$ATTEST_URL/v1/oauth/token" | jq --exit-status --raw-output .access_token)
query=$(jq --null-input --raw-output --arg source "$ATTEST_SOURCE" --arg run "${ATTEST_RUN:-}" \
  '"source=\($source | @uri)" + (if $run == "" then "" else "&run=\($run | @uri)" end)')
curl --fail-with-body --silent --show-error --request POST --upload-file "$ATTEST_FILE" \
  --header "Authorization: Bearer $token" --header 'Content-Type: application/octet-stream' \
  "$ATTEST_URL/v1/result-files?$query"
