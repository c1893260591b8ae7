// The map island; pages with a map load it, all others do not.
export {};
