// The service worker: shows push messages, also while no page is open, and leads to the console when one is pressed. It keeps
// nothing and answers no request: every page comes from the server.

type Shown = { title: string; body: string; path: string; tag: string; silent: boolean };
type Lasting = Event & { waitUntil(done: Promise<unknown>): void };
type Pushed = Lasting & { data: { text(): string } | null };
type Pressed = Lasting & { notification: Notification };

// The types of pages and of workers contradict each other: of the latter these are all that is used.
const worker = self as unknown as {
  location: Location;
  registration: ServiceWorkerRegistration;
  clients: {
    claim(): Promise<void>;
    openWindow(to: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(kind: string, act: (event: Event) => void): void;
};

/** What is said where a message cannot be read: that there is something is said all the same. */
const UNREADABLE: Shown = {
  title: "There is a hit",
  body: "Open the console. An alert alone is no ground for a stop: the driver may not be the person who is wanted.",
  path: "/hits",
  tag: "unreadable",
  silent: false,
};

function read(event: Pushed): Shown {
  try {
    const said = JSON.parse(event.data?.text() ?? "") as Partial<Shown>;
    if (typeof said.title !== "string" || typeof said.body !== "string") return UNREADABLE;
    return {
      title: said.title,
      body: said.body,
      path: typeof said.path === "string" ? said.path : UNREADABLE.path,
      tag: typeof said.tag === "string" ? said.tag : UNREADABLE.tag,
      silent: said.silent === true,
    };
  } catch {
    return UNREADABLE;
  }
}

worker.addEventListener("install", (event) => {
  (event as Lasting).waitUntil(worker.skipWaiting());
});

worker.addEventListener("activate", (event) => {
  (event as Lasting).waitUntil(worker.clients.claim());
});

worker.addEventListener("push", (event) => {
  const { title, body, path, tag, silent } = read(event as Pushed);
  // `renotify` is not in every browser's types: a later alert of the same vehicle sounds again unless it is a quiet one.
  const options = { body, tag, silent, renotify: !silent, data: { path } };
  (event as Pushed).waitUntil(worker.registration.showNotification(title, options));
});

worker.addEventListener("notificationclick", (event) => {
  const { notification } = event as Pressed;
  notification.close();
  (event as Pressed).waitUntil(open((notification.data as { path?: string } | null)?.path));
});

async function open(path: string | undefined): Promise<void> {
  const to = new URL(path ?? UNREADABLE.path, worker.location.origin);
  // A message leads nowhere else.
  if (to.origin !== worker.location.origin) return;
  await worker.clients.openWindow(to.href);
}

worker.addEventListener("pushsubscriptionchange", (event) => {
  const told = worker.registration.showNotification("This device is told of hits no more", {
    body: "The browser gave up its address. Add this device anew on the page of your account.",
    tag: "changed",
    data: { path: "/account/alerts" },
  });
  (event as Lasting).waitUntil(told);
});
