namespace AuraMemory.Engine;

public sealed partial record StoreOptions
{
    /// <summary>The ranges of the settings; documentation, validation and planning use these same numbers.</summary>
    public static class Limits
    {
        /// <summary>Least <see cref="StoreOptions.MemoryLimitBytes"/>, bytes: 192 MiB.</summary>
        public const long MinMemoryLimitBytes = 192L << 20;

        /// <summary>Largest byte count of any setting: 2^60.</summary>
        public const long MaxBytes = 1L << 60;

        /// <summary>Least capacity that may be set for a tier, bytes: one page.</summary>
        public const long MinTierCapacityBytes = 4096;

        /// <summary>Least <see cref="StoreOptions.CxlPoolSizeGb"/>.</summary>
        public const double MinCxlPoolSizeGb = 0.001;

        /// <summary>Largest <see cref="StoreOptions.CxlPoolSizeGb"/>.</summary>
        public const double MaxCxlPoolSizeGb = 1_000_000;

        /// <summary>Largest <see cref="StoreOptions.CxlNode"/>.</summary>
        public const int MaxCxlNode = 1023;

        /// <summary>Least <see cref="StoreOptions.MaxObjectBytes"/>.</summary>
        public const int MinMaxObjectBytes = 1 << 10;

        /// <summary>Largest <see cref="StoreOptions.MaxObjectBytes"/>.</summary>
        public const int MaxMaxObjectBytes = 1 << 30;

        /// <summary>Largest <see cref="StoreOptions.MaxMetadataBytes"/>.</summary>
        public const int MaxMaxMetadataBytes = 1 << 20;

        /// <summary>Largest <see cref="StoreOptions.MaxRelationships"/>.</summary>
        public const int MaxMaxRelationships = 100_000;

        /// <summary>Largest <see cref="StoreOptions.TierPromotionThreshold"/>; the least is 1.</summary>
        public const int MaxTierPromotionThreshold = 1_000_000;

        /// <summary>Largest <see cref="StoreOptions.TierDemotionThreshold"/>, seconds; the least is 1.</summary>
        public const double MaxTierDemotionThreshold = 31_536_000;

        /// <summary>Largest <see cref="StoreOptions.ArchiveAfterDays"/>.</summary>
        public const double MaxArchiveAfterDays = 36_500;

        /// <summary>Largest <see cref="StoreOptions.PrefetchWindowSize"/>; the least is 1.</summary>
        public const int MaxPrefetchWindowSize = 4096;

        /// <summary>Least <see cref="StoreOptions.AccessPatternWindow"/>.</summary>
        public const int MinAccessPatternWindow = 10;

        /// <summary>Largest <see cref="StoreOptions.AccessPatternWindow"/>.</summary>
        public const int MaxAccessPatternWindow = 1_000_000;

        /// <summary>Least <see cref="StoreOptions.GraphMemoryBytes"/>, bytes: 1 MiB.</summary>
        public const long MinGraphMemoryBytes = 1L << 20;

        /// <summary>Least <see cref="StoreOptions.ShapeIndexBytes"/>, bytes: 4 MiB.</summary>
        public const long MinShapeIndexBytes = 4L << 20;

        /// <summary>Least <see cref="StoreOptions.TdaFeatureDim"/>.</summary>
        public const int MinTdaFeatureDim = 8;

        /// <summary>Largest <see cref="StoreOptions.TdaFeatureDim"/>.</summary>
        public const int MaxTdaFeatureDim = 4096;

        /// <summary>Largest <see cref="StoreOptions.VolatileWriteBackSeconds"/>.</summary>
        public const double MaxVolatileWriteBackSeconds = 86_400;

        /// <summary>Largest <see cref="StoreOptions.LeaseSeconds"/>; the least is 1.</summary>
        public const double MaxLeaseSeconds = 3600;

        /// <summary>Largest <see cref="StoreOptions.MaxLeases"/>; the least is 1.</summary>
        public const int MaxMaxLeases = 4096;

        /// <summary>Least <see cref="StoreOptions.RetainedChanges"/>.</summary>
        public const long MinRetainedChanges = 1000;

        /// <summary>Largest <see cref="StoreOptions.RetainedChanges"/>.</summary>
        public const long MaxRetainedChanges = 1_000_000_000_000;

        /// <summary>Least <see cref="StoreOptions.BlockCacheBytes"/>, bytes: 1 MiB.</summary>
        public const long MinBlockCacheBytes = 1L << 20;

        /// <summary>Least interval between background scans, seconds.</summary>
        public const double MinScanSeconds = 0.01;

        /// <summary>Largest <see cref="StoreOptions.ExpiryScanSeconds"/>.</summary>
        public const double MaxExpiryScanSeconds = 3600;

        /// <summary>Largest <see cref="StoreOptions.ArchiveScanSeconds"/>.</summary>
        public const double MaxArchiveScanSeconds = 86_400;
    }
}
