// The hook request that an EHR would send: the room's server builds it, the page puts the edited report into it.
import { complaintOf, uuid } from "./dom.js";

function inBase64(text) {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

// The text goes where this report has it: in the plain text that is presented, and in the conclusion.
function written(report, draft) {
  const whole = draft.heading ? draft.body + draft.heading + draft.impression : draft.body;
  const plain = (form) => (form.contentType || "").startsWith("text/plain");
  const forms = (report.presentedForm || []).map((form) => (plain(form) ? { ...form, data: inBase64(whole) } : form));
  return { ...report, ...(forms.length ? { presentedForm: forms } : {}), conclusion: draft.impression };
}

// A copy of a value in which each report of this id holds the draft; `found` counts them.
function withDraft(value, draft, found) {
  if (Array.isArray(value)) return value.map((one) => withDraft(one, draft, found));
  if (value === null || typeof value !== "object") return value;
  if (value.resourceType === "DiagnosticReport" && value.id === draft.report) {
    found.count += 1;
    return written(value, draft);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withDraft(one, draft, found)]));
}

// An EHR signs the orders that are being placed: those taken from cards, else the order of this examination.
function withOrders(context, orders) {
  if (!("draftOrders" in context)) return context;
  const entry = orders.map((resource, place) => ({ resource: { id: `draft-${place + 1}`, ...resource, status: "draft" } }));
  return { ...context, draftOrders: { resourceType: "Bundle", type: "collection", entry } };
}

export async function chartRequest(service, { patient, user, prefetch, draft, orders }) {
  const access = prefetch ? "prefetch" : "fetch";
  const response = await fetch(`/sandbox/requests/${service}/${encodeURIComponent(patient)}?access=${access}`);
  if (!response.ok) throw new Error(await complaintOf(response));
  const found = { count: 0 };
  const built = withDraft(await response.json(), draft, found);
  const context = withOrders({ ...built.context, userId: user }, orders);
  return { request: { ...built, hookInstance: uuid(), context }, holdsDraft: found.count > 0 };
}

// Drafts: the report as an editor without a chart makes it, for a patient of somebody's own server.
export function ownReport(patient, exam, draft) {
  const text = `FINDINGS: ${draft.body}\n\nIMPRESSION: ${draft.impression}`;
  return {
    resourceType: "DiagnosticReport",
    id: "draft-report",
    status: "preliminary",
    category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0074", code: "RAD", display: "Radiology" }] }],
    code: { text: exam },
    subject: { reference: `Patient/${patient}` },
    presentedForm: [{ contentType: "text/plain; charset=utf-8", data: inBase64(text) }],
    conclusion: draft.impression,
  };
}

export function ownRequest(hook, { server, token, patient, user, report }) {
  const bundle = { resourceType: "Bundle", type: "collection", entry: [{ resource: report }] };
  const orders = { resourceType: "Bundle", type: "collection", entry: [{ resource: orderOf(report) }] };
  const own = hook === "patient-view" ? {} : hook === "order-sign" ? { draftOrders: orders } : { draftReports: bundle };
  const grant = { access_token: token, token_type: "Bearer", expires_in: 300, scope: "patient/*.read", subject: "calcification-cds", patient };
  return {
    hook,
    hookInstance: uuid(),
    fhirServer: server.replace(/\/+$/, ""),
    fhirAuthorization: grant,
    context: { userId: user, patientId: patient, ...own },
  };
}

function orderOf(report) {
  return { resourceType: "ServiceRequest", id: "draft-order", status: "draft", intent: "order", code: report.code, subject: report.subject };
}

let onFile = null;

// The patient's draft report with the text of the editor in it.
export async function editedReport(draft) {
  onFile ||= fetch(`/sandbox/fhir/DiagnosticReport/${encodeURIComponent(draft.report)}`).then((response) => response.json());
  return written(await onFile, draft);
}
