// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Zstandard for Parquet's pages, in the form that all readers know. Parquet's own codecs are Hadoop's, and need the whole Hadoop client. */
final class ZstdCodec
        implements CompressionCodecFactory,
                CompressionCodecFactory.BytesInputCompressor,
                CompressionCodecFactory.BytesInputDecompressor {

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        return this;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        if (codec != CompressionCodecName.ZSTD) {
            throw new UnsupportedOperationException(codec + " is not what the archive writes");
        }
        return this;
    }

    @Override
    public CompressionCodecName getCodecName() {
        return CompressionCodecName.ZSTD;
    }

    @Override
    public BytesInput compress(BytesInput page) throws IOException {
        return BytesInput.from(Zstd.compress(bytes(page)));
    }

    @Override
    public BytesInput decompress(BytesInput page, int size) throws IOException {
        return BytesInput.from(Zstd.decompress(bytes(page), size));
    }

    private static byte[] bytes(BytesInput page) throws IOException {
        var bytes = new ByteArrayOutputStream(Math.toIntExact(page.size()));
        page.writeAllTo(bytes);
        return bytes.toByteArray();
    }

    /** Only used by readers of encrypted files, into direct memory. */
    @Override
    public void decompress(ByteBuffer page, int compressed, ByteBuffer out, int size) {
        throw new UnsupportedOperationException("the archive is not encrypted");
    }

    @Override
    public void release() {}
}
