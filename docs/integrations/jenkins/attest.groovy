// A step of a shared library (vars/attest.groovy):  attest('report.xml')
// The credential `attest` has the client's id as user name and its secret as password; ATTEST_URL is set on the server.
def call(String file, String source = "jenkins: ${env.JOB_NAME}") {
    withCredentials([usernamePassword(
        credentialsId: 'attest', usernameVariable: 'ATTEST_CLIENT_ID', passwordVariable: 'ATTEST_CLIENT_SECRET'
    )]) {
        withEnv(["ATTEST_FILE=${file}", "ATTEST_SOURCE=${source}", "ATTEST_RUN=${env.BUILD_NUMBER}"]) {
            sh '''
set -eu
token=$(curl --fail-with-body --silent --show-error --user "$ATTEST_CLIENT_ID:$ATTEST_CLIENT_SECRET" \\
  --data grant_type=client_credentials "$ATTEST_URL/v1/oauth/token" | jq --exit-status --raw-output .access_token)
query=$(jq --null-input --raw-output --arg source "$ATTEST_SOURCE" --arg run "${ATTEST_RUN:-}" \\
  '"source=\\($source | @uri)" + (if $run == "" then "" else "&run=\\($run | @uri)" end)')
curl --fail-with-body --silent --show-error --request POST --upload-file "$ATTEST_FILE" \\
  --header "Authorization: Bearer $token" --header 'Content-Type: application/octet-stream' \\
  "$ATTEST_URL/v1/result-files?$query"
'''
        }
    }
}
