namespace AuraMemory.Tck.Gherkin;

/// <summary>One step of a scenario.</summary>
/// <param name="Text">Its line without the keyword (<c>Given</c>, <c>When</c>, …).</param>
/// <param name="Document">The text between triple quotes below it; null when there is none.</param>
/// <param name="Table">The rows of the table below it; empty when there is none.</param>
internal sealed record Step(string Text, string? Document, IReadOnlyList<string[]> Table);

/// <summary>One scenario to run: of an outline, the one of one row of its examples.</summary>
/// <param name="Folder">Folder of the feature file below the features folder, with slashes.</param>
/// <param name="Outline">Identity of the scenario it was expanded from.</param>
/// <param name="Name">Its name, with the row's values.</param>
/// <param name="Ignored">Whether its tags ask that it is not run.</param>
/// <param name="Steps">Steps of the background, then its own.</param>
internal sealed record Scenario(string Folder, string Outline, string Name, bool Ignored, IReadOnlyList<Step> Steps);
