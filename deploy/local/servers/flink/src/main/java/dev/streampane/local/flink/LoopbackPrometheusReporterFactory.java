// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.flink;

import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Makes a {@link LoopbackPrometheusReporter}, for {@code metrics.reporter.<name>.factory.class}. */
public final class LoopbackPrometheusReporterFactory implements MetricReporterFactory {

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new LoopbackPrometheusReporter();
    }
}
