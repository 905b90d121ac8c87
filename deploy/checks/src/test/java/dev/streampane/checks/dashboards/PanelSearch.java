// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.dashboards.KibanaExport.Saved;
import java.util.ArrayList;
import java.util.List;

/**
 * What a panel asks of Elasticsearch: buckets within buckets, the metrics in the innermost.
 *
 * @param name whose it is
 * @param index alias that is asked
 * @param query in Lucene's language
 */
record PanelSearch(String name, String index, String query, List<Bucket> buckets, List<Metric> metrics) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Buckets.
     *
     * @param order {@code _key}, or the id of a metric, most first
     */
    record Bucket(String id, String type, String field, String order, int size) {}

    /** A number of each bucket. */
    record Metric(String id, String type, String field) {

        boolean isCount() {
            return type.equals("count");
        }
    }

    /** By a visualization of Kibana. */
    static PanelSearch of(Saved visualization) {
        List<Bucket> buckets = new ArrayList<>();
        List<Metric> metrics = new ArrayList<>();
        for (JsonNode agg : visualization.nested("/visState").path("aggs")) {
            JsonNode params = agg.path("params");
            String id = agg.path("id").asText();
            String type = agg.path("type").asText();
            String field = params.path("field").asText();
            if (agg.path("schema").asText().equals("metric")) {
                metrics.add(new Metric(id, type, field));
            } else {
                String order = params.path("orderBy").asText("_key");
                buckets.add(
                        new Bucket(id, type, field, order, params.path("size").asInt(10)));
            }
        }
        String kuery = visualization
                .nested("/kibanaSavedObjectMeta/searchSourceJSON")
                .at("/query/query")
                .asText();
        return new PanelSearch(
                visualization.id(),
                KibanaExport.index(visualization),
                kuery.replace(" and ", " AND "),
                buckets,
                metrics);
    }

    /** By a target of a panel of Grafana. */
    static PanelSearch of(String name, String index, JsonNode target) {
        List<Bucket> buckets = new ArrayList<>();
        for (JsonNode bucket : target.path("bucketAggs")) {
            JsonNode settings = bucket.path("settings");
            buckets.add(new Bucket(
                    bucket.path("id").asText(),
                    bucket.path("type").asText(),
                    bucket.path("field").asText(),
                    settings.path("orderBy").asText("_key").replace("_term", "_key"),
                    settings.path("size").asInt(10)));
        }
        List<Metric> metrics = new ArrayList<>();
        for (JsonNode metric : target.path("metrics")) {
            metrics.add(new Metric(
                    metric.path("id").asText(),
                    metric.path("type").asText(),
                    metric.path("field").asText()));
        }
        return new PanelSearch(name, index, target.path("query").asText(), buckets, metrics);
    }

    /** The request, for documents whose {@code @timestamp} lies in the last day. */
    String json() {
        ObjectNode request = JSON.createObjectNode().put("size", 0);
        var filter = request.putObject("query").putObject("bool").putArray("filter");
        filter.addObject().putObject("range").putObject("@timestamp").put("gte", "now-24h");
        if (!query.isEmpty()) {
            filter.addObject().putObject("query_string").put("query", query);
        }
        ObjectNode place = request;
        for (Bucket bucket : buckets) {
            ObjectNode agg = place.withObject("/aggs").putObject(bucket.id());
            ObjectNode params = agg.putObject(bucket.type()).put("field", bucket.field());
            if (bucket.type().equals("terms")) {
                params.put("size", bucket.size());
                params.putObject("order").put(order(bucket), bucket.order().equals("_key") ? "asc" : "desc");
                if (isByMetric(bucket)) {
                    // a metric that orders has to be beside the buckets that it orders
                    metric(agg.putObject("aggs"), bucket.order());
                }
            } else {
                params.put("fixed_interval", "5m").put("min_doc_count", 1);
            }
            place = agg;
        }
        for (Metric metric : metrics) {
            if (!metric.isCount()) {
                metric(place.withObject("/aggs"), metric.id());
            }
        }
        return request.toString();
    }

    private boolean isByMetric(Bucket bucket) {
        return metrics.stream().anyMatch(one -> one.id().equals(bucket.order()) && !one.isCount());
    }

    private String order(Bucket bucket) {
        boolean byCount = metrics.stream().anyMatch(one -> one.id().equals(bucket.order()) && one.isCount());
        return byCount ? "_count" : bucket.order();
    }

    private void metric(ObjectNode aggs, String id) {
        metrics.stream()
                .filter(metric -> metric.id().equals(id))
                .forEach(metric -> aggs.putObject(id).putObject(metric.type()).put("field", metric.field()));
    }

    @Override
    public String toString() {
        return name;
    }
}
