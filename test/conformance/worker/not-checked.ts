/** Why a rule could not be checked: that is no pass. */
export class NotChecked extends Error {}
