// The whole of the console's script. Every page works without it, but for live updates.
import { keepAgesTicking } from "./ages.ts";
import { CarPage } from "./car-page.ts";
import { offerCopying } from "./copy.ts";
import { CsvForm } from "./csv-form.ts";
import { listenForKeys } from "./keys.ts";
import { LiveHits } from "./live-hits.ts";
import { LiveLine } from "./live-line.ts";
import { LiveNote } from "./live-note.ts";
import { LivePart } from "./live-part.ts";
import { PasskeyForm } from "./passkey-form.ts";
import { PushDevice } from "./push-device.ts";
import { tellTimesHere } from "./times.ts";

document.documentElement.classList.add("scripted");

customElements.define("live-line", LiveLine);
customElements.define("live-hits", LiveHits);
customElements.define("live-note", LiveNote);
customElements.define("live-part", LivePart);
customElements.define("car-page", CarPage);
customElements.define("csv-form", CsvForm);
customElements.define("passkey-form", PasskeyForm);
customElements.define("push-device", PushDevice);

tellTimesHere(document);
keepAgesTicking();
offerCopying();
listenForKeys();
