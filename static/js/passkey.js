// Ties a page's passkey button to allauth's scripts, and says in words when a device refuses.
const { addForm, authenticateForm } = window.allauth.webauthn.forms;
const BIND = {
  add: (ids) => addForm({ ids: { ...ids, add: 'passkey' } }),
  use: (ids) => authenticateForm({ ids: { ...ids, authenticate: 'passkey' } }),
};

const button = document.querySelector('[data-roadmap-passkey]');
BIND[button.dataset.roadmapPasskey]({
  credential: button.dataset.roadmapPasskeyField,
  data: 'passkey-options',
});

document.addEventListener('allauth.error', (event) => {
  event.preventDefault();
  const place = document.querySelector('[data-roadmap-passkey-failed]');
  place.textContent = place.dataset.roadmapPasskeyFailed;
});
