// A suggestion: what its actions would change, and taking it.
import { differenceOf } from "./difference.js";
import { make } from "./dom.js";
import { accepted } from "./feedback.js";

const VERBS = { create: "Creates", update: "Changes", delete: "Deletes" };

export function suggestionItem(suggestion, told) {
  const actions = suggestion.actions || [];
  const state = make("span", { className: "state-of" });
  const button = make("button", { type: "button", className: "take" }, "Take it");
  button.addEventListener("click", () => take(suggestion, actions, button, state, told));
  const what = make("details", {}, make("summary", {}, "What it would change"), ...actions.map((one) => actionOf(one, told.chart)));
  return make("li", {}, make("span", { className: "offer" }, suggestion.label), button, state, what);
}

function actionOf(action, chart) {
  const resource = action.resource || {};
  const kind = resource.resourceType || action.resourceId || "";
  const head = make("p", { className: "quiet" }, `${VERBS[action.type] || action.type} ${kind}: ${action.description || ""}`);
  if (isConclusion(action)) return make("div", {}, head, differenceOf(chart.impression(), resource.conclusion));
  if (resource.resourceType === "ServiceRequest") return make("div", {}, head, make("p", {}, make("ins", {}, nameOf(resource))));
  return make("div", {}, head);
}

const isConclusion = (action) => action.type === "update" && action.resource?.resourceType === "DiagnosticReport";

export function nameOf(resource) {
  const coding = (resource.code?.coding || [])[0];
  const name = resource.code?.text || coding?.display || resource.resourceType;
  return coding?.code ? `${name} (LOINC ${coding.code})` : name;
}

async function take(suggestion, actions, button, state, told) {
  button.disabled = true;
  for (const action of actions) {
    if (isConclusion(action)) told.chart.conclude(action.resource.conclusion);
    else if (action.type === "create" && action.resource) told.chart.order(action.resource);
  }
  state.textContent = "taken";
  await accepted(suggestion, told);
}
