namespace AuraMemory.Engine.Access;

/// <summary>Learns that an object was used, before what knew of it is gone.</summary>
/// <param name="key">The key.</param>
/// <param name="seconds">When, Unix seconds.</param>
internal delegate void UseNote(ReadOnlySpan<byte> key, uint seconds);
