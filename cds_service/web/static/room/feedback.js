// What was done with a card goes back to the service (CDS Hooks 2.0.1, "Feedback").
import { complaintOf, instant, make, postJson, statusOf } from "./dom.js";

async function tell({ service, card, outcome }, said, words) {
  const body = { feedback: [{ card: card.uuid, outcomeTimestamp: instant(), ...said }] };
  outcome.textContent = `${words} Sending feedback…`;
  try {
    const response = await postJson(`/cds-services/${service}/feedback`, body);
    const status = statusOf(response);
    outcome.textContent = response.ok ? `${words} Feedback sent: ${status}.` : `${words} Feedback refused: ${status}. ${await complaintOf(response)}`;
    return response.ok;
  } catch (error) {
    outcome.textContent = `${words} Feedback not sent: ${error.message}.`;
    return false;
  }
}

export function accepted(suggestion, told) {
  return tell(told, { outcome: "accepted", acceptedSuggestions: [{ id: suggestion.uuid }] }, `Taken: ${suggestion.label}.`);
}

export function dismissal(told) {
  const reasons = told.card.overrideReasons || [];
  const choice = make("select", { name: "reason" }, make("option", { value: "" }, "no reason given"),
    ...reasons.map((reason, at) => make("option", { value: String(at) }, reason.display || reason.code)));
  const comment = make("textarea", { name: "comment", rows: 2, maxLength: 4000 });
  const form = make("form", { className: "dismissal" },
    make("label", { className: "field" }, "Reason", choice), make("label", { className: "field" }, "Comment", comment),
    make("button", { type: "submit" }, "Dismiss the card"));
  const place = make("details", { className: "dismiss" }, make("summary", {}, "Dismiss with a reason"), form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dismiss(place, reasons[choice.value], comment.value.trim(), told);
  });
  return place;
}

async function dismiss(place, reason, comment, told) {
  const why = { ...(reason ? { reason } : {}), ...(comment ? { userComment: comment } : {}) };
  const said = { outcome: "overridden", ...(Object.keys(why).length ? { overrideReason: why } : {}) };
  const words = `Dismissed${reason ? `: ${reason.display || reason.code}` : ""}.`;
  if (await tell(told, said, words)) {
    const card = place.closest(".hook-card");
    card.classList.add("dismissed");
    for (const button of card.querySelectorAll("button")) button.disabled = true;
    place.open = false;
    place.querySelector("summary").focus();
  }
}
