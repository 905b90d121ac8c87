// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.io.IOException;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;

/**
 * Reads a file as lines of bytes, from its beginning to its end.
 *
 * @param settling how long after its last change a file may still be written; zero = it is complete when it is found
 */
record LineFormat(Duration settling) implements BulkFormat<byte[], FileSourceSplit> {

    static final TypeInformation<byte[]> TYPE = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

    @Override
    public BulkFormat.Reader<byte[]> createReader(Configuration configuration, FileSourceSplit file)
            throws IOException {
        return restoreReader(configuration, file);
    }

    @Override
    public BulkFormat.Reader<byte[]> restoreReader(Configuration configuration, FileSourceSplit file)
            throws IOException {
        long read = file.getReaderPosition()
                .map(CheckpointedPosition::getRecordsAfterOffset)
                .orElse(0L);
        return new FileLines(file.path(), read, settling);
    }

    @Override
    public boolean isSplittable() {
        return false;
    }

    @Override
    public TypeInformation<byte[]> getProducedType() {
        return TYPE;
    }
}
