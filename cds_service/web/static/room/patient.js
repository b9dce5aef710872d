// The page of one synthetic patient.
import { fire } from "./call.js";
import { byId, ready } from "./dom.js";
import { Editor, fitAll } from "./editor.js";
import { chartRequest } from "./request.js";
import { showTrends } from "./trends.js";
import { switchUnits } from "./units.js";
import { startWhatIf } from "./what_if.js";

const editor = new Editor(byId("editor"));
const service = byId("service");
const sign = byId("sign");
const { patient } = byId("editor").dataset;

const UNSEEN = "This service reads no draft of this page: it was asked about what is on file. ";
const STORED = "The service fetched the report as it is on file, without your edits. ";

async function orderOfThis() {
  const response = await fetch(`/sandbox/fhir/ServiceRequest?patient=${encodeURIComponent(patient)}&_count=50`);
  const found = ((await response.json()).entry || []).map((entry) => entry.resource);
  const own = found.filter((one) => one.id === `${editor.place.dataset.report}-order`);
  return own.length ? own : found.slice(0, 1);
}

async function build() {
  const isOrder = service.selectedOptions[0].dataset.hook.endsWith("order-sign");
  const orders = editor.placed.length || !isOrder ? editor.placed : await orderOfThis();
  const given = { patient, user: byId("user").value.trim(), prefetch: byId("prefetch").checked, draft: editor.draft(), orders };
  const { request, holdsDraft } = await chartRequest(service.value, given);
  const note = holdsDraft ? "" : "reportId" in request.context ? STORED : UNSEEN;
  return { request, note };
}

byId("signing").addEventListener("submit", (event) => {
  event.preventDefault();
  fire(service.value, sign, build, editor);
});
byId("undo").addEventListener("click", () => editor.undo());
const nameButton = () => { sign.textContent = service.selectedOptions[0].dataset.verb; };
service.addEventListener("change", nameButton);

nameButton();
fitAll();
switchUnits();
showTrends();
startWhatIf(patient, editor);
ready();
