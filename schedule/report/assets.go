package report

// style keeps the page legible at a desk, on a projector and on paper. Risk badges differ in
// darkness and in words, not in hue alone.
const style = `
:root{color-scheme:light;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de}
*{box-sizing:border-box}
body{margin:0;font:14px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:var(--ink);background:#fff}
main{max-width:1560px;margin:0 auto;padding:20px 24px 48px}
h1{font-size:24px;margin:0 0 2px}
h2{font-size:17px;margin:28px 0 6px}
.sub{margin:0 0 14px;color:var(--soft)}
.defs{position:absolute}
.facts{display:flex;flex-wrap:wrap;gap:8px 28px;margin:0 0 14px}
.facts div{min-width:90px}.facts dt{color:var(--soft);font-size:12px}.facts dd{margin:0;font-size:18px;font-weight:600;font-variant-numeric:tabular-nums}
.filters{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin:0 0 8px;color:var(--soft)}
.filters input,.filters select{font:inherit;padding:3px 6px;border:1px solid var(--line);border-radius:4px;color:var(--ink);background:#fff;max-width:220px}
.filters :focus-visible,tr:focus-visible{outline:2px solid #0072b2;outline-offset:1px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:0 0 10px;font-size:12.5px;color:var(--soft)}
.legend svg{vertical-align:-3px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:12.5px;padding:0 0 6px}
thead th{position:sticky;top:0;background:#fff;z-index:2;text-align:left;vertical-align:bottom;font-size:12.5px;color:var(--soft);font-weight:600;border-bottom:2px solid var(--line);padding:4px 8px 0 0}
tbody td,tbody th{padding:2px 8px 2px 0;border-bottom:1px solid #eaeef2;text-align:left;vertical-align:middle;font-weight:400}
tbody th{min-width:200px;max-width:250px;font-size:13px;font-weight:600;line-height:1.25}
td small,tbody th small{display:block;font-weight:400;color:var(--soft);font-size:11.5px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;max-width:242px}
tbody td.chart{padding:0 8px 0 0;border-bottom-color:transparent}
tbody td:last-child{font-size:12px;white-space:nowrap;line-height:1.3}
.plan{position:relative}
#ties{position:absolute;left:0;top:0;z-index:1;pointer-events:none;overflow:visible}
#ties path{fill:none;stroke:#57606a;stroke-width:1;marker-end:url(#tip)}#ties .critical{stroke:#1b1f24;stroke-width:2}#ties .here{stroke:#0072b2;stroke-width:1.8}
tbody td svg,thead svg{display:block}
tr.group th{background:#f3f5f7;font-size:13px;padding:5px 8px;color:var(--ink)}
tbody tr:hover td:not(.chart),tbody tr:hover th{background-color:#eef3f7}
.risk{display:inline-block;padding:1px 7px;border-radius:9px;font-size:11.5px;white-space:nowrap;border:1px solid #8c959f;background:#fff}
.risk.medium{background:#f6e3b4;border-color:#b98300}
.risk.high{background:#e69f00;border-color:#8a5f00;font-weight:600}
.risk.very-high{background:#8b2f00;border-color:#8b2f00;color:#fff;font-weight:600}
.axis text{font:11.5px system-ui,sans-serif;fill:var(--soft)}
.axis .shade{text-anchor:middle;font-size:11px;font-weight:600;fill:#1b1f24;stroke:#fff;stroke-width:3px}
` + shadeStyle + `
.bar{stroke:#24292f;stroke-width:.6}
.b-work{fill:#0072b2}.b-verify{fill:#56b4e9}.b-soak{fill:url(#soak);stroke:#b98300}.b-prepare{fill:#dbe3ea}.b-back-out{fill:url(#backout);stroke:#a3527f}.b-meeting{fill:#1b1f24}
.critical{stroke:#1b1f24;stroke-width:2.4}
.mark,.bang,.moved{pointer-events:none}
.mark{fill:#d55e00;stroke:#fff;stroke-width:1}.bang{font:bold 10px system-ui,sans-serif;fill:#fff;text-anchor:middle}
.moved{fill:#f0e442;stroke:#1b1f24;stroke-width:1}
section ul{margin:6px 0;padding-left:20px}section li{margin:3px 0}section p{margin:4px 0;max-width:90ch}
@media (max-width:1500px){main{overflow-x:auto}}
@media print{
 @page{size:A3 landscape;margin:10mm}
 main{max-width:none;padding:0;overflow:visible}
 .filters,#ties{display:none}thead{display:table-header-group}thead th{position:static}
 tr,section li{break-inside:avoid}
 *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`

// shadeStyle is for what stands behind the rows, on the page and in the picture of it.
const shadeStyle = `.grid{stroke:#e3e8ed;stroke-width:1}.grid.major{stroke:#c4ccd4}
.weekend{fill:#f1f3f5}
.s-open{fill:#cfeee3}.s-frozen{fill:url(#frozen)}.s-blackout{fill:url(#blackout)}.s-holiday{fill:#efe3f5}`

// script filters rows by text, group, tag and level, lets the arrow keys walk them, and
// draws the arrows between them: over all rows, those of the critical chain and, unless they are
// many, the others; those of the row with the focus or under the pointer always.
const script = `
(function(){
 var get=function(i){return document.getElementById(i)},plan=get('plan'),ties=get('ties'),all=get('all');
 var rows=[].slice.call(plan.querySelectorAll('tbody tr')),text=null;
 var arrows=JSON.parse(get('arrows').textContent),here=null;
 function val(i){var e=get(i);return e?e.value:''}
 function apply(){
  if(!text)text=rows.map(function(r){return r.textContent.toLowerCase()});
  var q=val('find').toLowerCase(),g=val('group'),t=val('tag'),l=val('level'),n=0,shown={};
  rows.forEach(function(r,i){
   if(r.className==='group')return;
   var ok=(!q||text[i].indexOf(q)>=0)&&(!g||r.dataset.group===g)&&(!t||r.dataset.tags.split('|').indexOf(t)>=0)&&(!l||r.dataset.level===l);
   r.hidden=!ok;if(ok){n++;shown[r.dataset.group]=1}
  });
  rows.forEach(function(r){if(r.className==='group'&&r.dataset.group)r.hidden=!shown[r.dataset.group]});
  get('count').textContent=n+(n===1?' row':' rows');
  if(body.length&&!body.some(function(r){return r.tabIndex===0&&!r.hidden})){
   body.forEach(function(r){r.tabIndex=-1});
   var f=body.filter(function(r){return !r.hidden})[0];if(f)f.tabIndex=0;
  }
  draw();
 }
 function path(a,z){
  var f=get('b'+a[0]),t=get('b'+a[1]),rf=f.closest('tr'),rt=t.closest('tr'),mine=here&&(rf===here||rt===here);
  if(rf.hidden||rt.hidden||!(mine||a[2]&1||all&&all.checked))return '';
  var p=f.getBoundingClientRect(),q=t.getBoundingClientRect();
  var s=a[2]&2?-1:1,e=a[2]&4?1:-1;
  var x=(s<0?p.left:p.right)-z.left,y=p.top+p.height/2-z.top,u=(e<0?q.left:q.right)-z.left,v=q.top+q.height/2-z.top;
  var turn=x+6*s,way=v>y?v-15:v+15,d='M'+x+' '+y+'H'+turn;
  d+=e<0&&u>=turn+6||e>0&&u<=turn-6?'V'+v+'H'+u:'V'+way+'H'+(u+9*e)+'V'+v+'H'+u;
  return '<path class="'+(mine?'here':a[2]&1?'critical':'tie')+'" d="'+d+'"/>';
 }
 function draw(){
  if(!arrows.length)return;
  var z=plan.getBoundingClientRect();
  ties.setAttribute('width',z.width);ties.setAttribute('height',z.height);
  ties.innerHTML=arrows.map(function(a){return path(a,z)}).join('');
 }
 function at(e){
  var r=e.target.closest&&e.target.closest('tbody tr');r=r&&r.className!=='group'?r:null;
  if(r!==here){here=r;draw()}
 }
 var body=rows.filter(function(r){return r.className!=='group'});
 body.forEach(function(r,i){r.tabIndex=i?-1:0});
 ['find','group','tag','level','all'].forEach(function(i){var e=get(i);if(e)e.addEventListener('input',apply)});
 document.querySelector('.filters').addEventListener('submit',function(e){e.preventDefault()});
 plan.addEventListener('focusin',at);plan.addEventListener('mouseover',at);
 plan.addEventListener('mouseleave',function(){here=null;draw()});
 window.addEventListener('resize',draw);
 plan.addEventListener('keydown',function(e){
  var seen=body.filter(function(r){return !r.hidden}),i=seen.indexOf(document.activeElement),to={ArrowDown:i+1,ArrowUp:i-1,Home:0,End:seen.length-1}[e.key];
  if(i<0||to===undefined||!seen[to])return;
  seen[i].tabIndex=-1;seen[to].tabIndex=0;seen[to].focus();e.preventDefault();
 });
 draw();
})();
`
