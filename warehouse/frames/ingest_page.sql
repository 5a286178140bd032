-- One row a page that was landed and not refused.
-- visible_chars: characters that are neither space nor control nor format characters; counted in
-- the first 80 and only where these have too few in the whole text, so at least 20 reads as 20.
SELECT
    page_id,
    locator,
    url,
    CASE WHEN length(regexp_replace(left(text, 80), '[\s\pZ\pC]+', '', 'g')) >= 20 THEN 20
         ELSE length(regexp_replace(text, '[\s\pZ\pC]+', '', 'g')) END AS visible_chars,
    replacement_chars / greatest(text_chars, 1) AS replacement_share,
    control_chars / greatest(text_chars, 1) AS control_share,
    abs(text_chars - length(text)) AS text_chars_wrong,
    broken AS out_of_contract
FROM pages_checked SEMI JOIN standing_pages USING (page_id)
ORDER BY page_id
