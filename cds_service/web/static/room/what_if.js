// What if: the report as it stands in the editor, judged with other results. Nothing of it is recorded.
import { byId, complaintOf, postJson } from "./dom.js";
import { Knob } from "./knob.js";
import { showRanking } from "./ranking.js";
import { onUnits } from "./units.js";
import { editedReport } from "./request.js";

const WAIT_MS = 180;
let timer = 0;
let asking = null;

export function startWhatIf(patient, editor) {
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(patient, editor, knobs), WAIT_MS);
  };
  const knobs = [...document.querySelectorAll(".knob")].map((place) => new Knob(place, soon));
  onUnits(() => knobs.forEach((knob) => knob.rescale()));
  byId("reset").addEventListener("click", () => {
    knobs.forEach((knob) => knob.reset());
    soon();
  });
  editor.place.addEventListener("input", soon);
  ask(patient, editor, knobs);
}

function supposed(knobs) {
  const changed = knobs.filter((knob) => knob.isChanged);
  const labs = Object.fromEntries(changed.filter((knob) => !knob.isAge).map((knob) => [knob.lab, knob.supposed()]));
  const age = changed.find((knob) => knob.isAge);
  return { labs, ...(age ? { age: age.supposed() } : {}) };
}

// Only the newest question counts: an older one that is still under way is given up.
async function ask(patient, editor, knobs) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const isFiled = !knobs.some((knob) => knob.isChanged);
  try {
    const report = await editedReport(editor.draft());
    const response = await postJson("/sandbox/what-if", { patient, report, ...supposed(knobs) }, signal);
    if (!response.ok) byId("words").textContent = await complaintOf(response);
    else showRanking(await response.json(), { isFiled });
  } catch (error) {
    if (error.name !== "AbortError") byId("words").textContent = `The service did not answer: ${error.message}.`;
  }
}
