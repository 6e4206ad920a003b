//! Scenario files: text as typed, checked and resolved into a world; errors with positions and suggestions.
