// The engine without the server: stores an object and reads it back.
using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

await using var store = await MemoryStore.OpenAsync(new StoreOptions { DataFolder = Path.Combine(Path.GetTempPath(), "aura-embedded") });
byte[] key = ObjectKey.Parse("greeting");
await store.StoreAsync(new StoreCommand { Key = key, Data = """{"hello":"world"}"""u8.ToArray() });
using var found = new ObjectBuffer();
ReadStatus status = store.Read(key, found);
Console.WriteLine($"{status} in {found.Tier.Name()}: {Encoding.UTF8.GetString(found.Data)}");
return status == ReadStatus.Found ? 0 : 1;
