// Small ways to make elements and to ask the service. Text is always set as text, so nothing that comes from a card,
// a chart or a server can become markup.

export const byId = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && name !== "list" && name !== "form") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function postJson(address, body, signal) {
  return fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
}

// What an error answer says: our errors are OperationOutcomes, whose diagnostics are written for people.
export async function complaintOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text).issue[0].diagnostics || text;
  } catch {
    return text || response.statusText;
  }
}

export const statusOf = (response) => `${response.status} ${response.statusText}`.trim();

export function uuid() {
  return crypto.randomUUID();
}

// FHIR instants carry a time zone; UTC is one.
export const instant = () => new Date().toISOString();

// Buttons wait, disabled, until their script is there: one pressed before would send its form to nowhere.
export function ready() {
  for (const id of ["sign", "undo", "reset"]) if (byId(id)) byId(id).disabled = false;
}
