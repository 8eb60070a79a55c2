// The contract of this very installation, with Swagger UI and a plugin of four parts. Nothing is loaded from elsewhere.
const words = (text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);

// An operation is found when every word that was typed begins a word of its address, name, permission, tag or text.
function found(operation, tag, typed) {
  const fields = ["summary", "description", "operationId", "x-permission"].map((name) => operation.getIn(["operation", name]) || "");
  const known = words([operation.get("method"), operation.get("path"), tag, ...fields].join(" "));
  return typed.every((word) => known.some((other) => other.startsWith(word)));
}

function filtered(tags, phrase) {
  const typed = words(phrase);
  return tags
    .map((tag, name) => tag.set("operations", tag.get("operations").filter((operation) => found(operation, name, typed))))
    .filter((tag) => tag.get("operations").size > 0);
}

const Attest = ({ React, specSelectors, getConfigs }) => {
  const element = React.createElement;
  const groupOf = (name) => {
    const groups = specSelectors.specJson().toJS()["x-tagGroups"] || [];
    return groups.find((group) => group.tags[0] === name);
  };
  return {
    fn: { opsFilter: filtered },
    wrapComponents: {
      // The first tag of a group has the group's name above it.
      OperationTag: (Original) => (props) => {
        const group = groupOf(props.tag);
        return element(React.Fragment, null, group && element("h2", { className: "attest-group" }, group.name), element(Original, props));
      },
      // The permission stands beside the operation's name.
      OperationSummaryPath: (Original) => (props) => {
        const permission = specSelectors.specJson().getIn(["paths", props.operationProps.get("path"), props.operationProps.get("method"), "x-permission"]);
        const label = permission
          ? element("span", { className: "attest-permission", title: "The permission that the caller must have" }, permission)
          : element("span", { className: "attest-permission open", title: "Needs no token" }, "open");
        return element(React.Fragment, null, element(Original, props), label);
      },
      // Successes in full; of the refusals their statuses, each leading to what it means.
      responses: (Original) => (props) => {
        const refusal = (_, status) => Number(status) >= 400;
        const refusals = props.responses.filter(refusal);
        const links = refusals.keySeq().toArray().map((status) =>
          element("a", { key: status, href: `/problems?status=${status}`, target: "_blank" }, status));
        return element(React.Fragment, null,
          element(Original, { ...props, responses: props.responses.filterNot(refusal) }),
          element("div", { className: "attest-problems opblock-section-header" }, "Can be refused with: ", links));
      },
    },
  };
};

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#contract",
  plugins: [Attest],
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  defaultModelRendering: "example",
  filter: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
  onComplete: () => {
    const box = document.querySelector(".operation-filter-input");
    box.placeholder = "Find an operation by any words: approve control, evidence expired, GET risks, risks:write …";
  },
});
