// A report signed for a patient of somebody's own FHIR server: no prefetch, the service fetches.
import { fire } from "./call.js";
import { byId, ready } from "./dom.js";
import { ownReport, ownRequest } from "./request.js";

const value = (id) => byId(id).value.trim();
const service = byId("service");
const placed = [];

const chart = {
  impression: () => byId("impression").value,
  conclude: (text) => { byId("impression").value = text; },
  order: (resource) => placed.push(resource),
};

async function build() {
  const patient = value("patient");
  const report = ownReport(patient, value("exam"), { body: value("body"), impression: value("impression") });
  const given = { server: value("server-url"), token: value("token"), patient, user: value("user"), report };
  return { request: ownRequest(service.selectedOptions[0].dataset.hook, given), note: "" };
}

byId("signing").addEventListener("submit", (event) => {
  event.preventDefault();
  fire(service.value, byId("sign"), build, chart);
});
const nameButton = () => { byId("sign").textContent = service.selectedOptions[0].dataset.verb; };
service.addEventListener("change", nameButton);
nameButton();
ready();
